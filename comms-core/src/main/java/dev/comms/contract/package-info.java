/**
 * What two services agree on: contracts with their limits, payload codecs, deadlines, and failures.
 */
@NullMarked
package dev.comms.contract;

import org.jspecify.annotations.NullMarked;
