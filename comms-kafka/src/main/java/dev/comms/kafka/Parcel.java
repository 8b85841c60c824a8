package dev.comms.kafka;

import org.apache.kafka.clients.consumer.ConsumerRecord;

/** One record and the assignment under which it was read. */
record Parcel(Assignment assignment, ConsumerRecord<byte[], byte[]> event) {

  /** Where it is in the log. */
  String place() {
    return event.topic() + "-" + event.partition() + "-" + event.offset();
  }
}
