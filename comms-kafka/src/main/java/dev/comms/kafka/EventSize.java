package dev.comms.kafka;

import dev.comms.contract.Code;
import dev.comms.contract.CommsException.Facts;
import dev.comms.contract.CommsException.Rejected;
import dev.comms.contract.Effect;
import dev.comms.contract.Fault;
import java.nio.charset.StandardCharsets;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.Header;
import org.jspecify.annotations.Nullable;

/**
 * How large events may be, in bytes of key, headers and body together, before compression. What is
 * published has a smaller bound than what the producer takes: copies in the dead letters bear more
 * headers, and foreign events may be larger.
 */
final class EventSize {
  /** What a broker takes by default (message.max.bytes is 1,048,588), less what a copy adds. */
  static final int MOST_PUBLISHED = 1_000_000;

  /** So large a foreign event can be copied, unless more is asked for. */
  static final int MOST_COPIED = 16 * 1024 * 1024;

  /** More than our own headers of a copy, of which each text is cut, and its framing. */
  static final int COPY_HEADERS = 64 * 1024;

  private EventSize() {}

  static int of(ProducerRecord<byte[], byte[]> event) {
    long bytes = length(event.key()) + length(event.value());
    for (Header header : event.headers()) {
      bytes += length(header.key().getBytes(StandardCharsets.UTF_8)) + length(header.value());
    }
    return (int) Math.min(Integer.MAX_VALUE, bytes);
  }

  /**
   * Refuses an event that is too large to be published.
   *
   * @throws Rejected naming its size, the limit and what to do
   */
  static void check(String contract, String id, ProducerRecord<byte[], byte[]> event, int most) {
    int has = of(event);
    if (has > most) {
      throw new Rejected(
          Code.INVALID_ARGUMENT,
          Facts.of(contract)
              .effect(Effect.NONE)
              .fault(Fault.CALLER)
              .message(
                  "event "
                      + id
                      + " is too large: "
                      + has
                      + " bytes of key, headers and body, and at most "
                      + most
                      + " are published; publish a reference instead, or raise the client property"
                      + " max.request.size and the topics' max.message.bytes"));
    }
  }

  private static long length(byte @Nullable [] bytes) {
    return bytes == null ? 0 : bytes.length;
  }
}
