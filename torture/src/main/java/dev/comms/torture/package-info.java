/** Load and faults together on real brokers, then the check of all that happened. */
@NullMarked
package dev.comms.torture;

import org.jspecify.annotations.NullMarked;
