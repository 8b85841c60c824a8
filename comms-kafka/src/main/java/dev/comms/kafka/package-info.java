/** Events over Kafka: kept, in order per key, delivered at least once to every group. */
@NullMarked
package dev.comms.kafka;

import org.jspecify.annotations.NullMarked;
