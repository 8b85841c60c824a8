/** What comms costs, measured with JMH. */
@NullMarked
package dev.comms.bench;

import org.jspecify.annotations.NullMarked;
