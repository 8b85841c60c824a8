/**
 * What a run did, written down line by line, and the rules that it is held against afterwards: the
 * proof that nothing was lost, invented, repeated or put out of order.
 */
@NullMarked
package dev.comms.testkit.history;

import org.jspecify.annotations.NullMarked;
