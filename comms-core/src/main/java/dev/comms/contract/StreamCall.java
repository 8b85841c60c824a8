package dev.comms.contract;

import java.time.Duration;

/**
 * A conversation of many messages. Only the opening is retried; three limits are mandatory: for the
 * first message, for silence between two messages, and for the whole.
 *
 * @param <Q> what the caller sends
 * @param <R> what the answering side sends
 */
public sealed interface StreamCall<Q, R> extends Contract permits Download {

  Codec<Q> request();

  Codec<R> reply();

  /** How long the first message may take. */
  Duration firstWithin();

  /** How long the stream may be silent between two messages. */
  Duration idleWithin();

  /** How long the stream may live. */
  Duration totalWithin();

  @Override
  default Duration limit() {
    return totalWithin();
  }
}
