package dev.comms.contract;

import java.time.Duration;

/**
 * A conversation of many messages. Only the opening is retried; three limits are mandatory: for the
 * first message, for silence between two messages, and for the whole. Each ends the stream on both
 * sides with {@code DeadlineExceeded}, whose message names the limit.
 *
 * @param <Q> what the caller sends
 * @param <R> what the answering side sends
 */
public sealed interface StreamCall<Q, R> extends Contract permits Download, Upload, Dialogue {

  /** The same stream under another name. */
  StreamCall<Q, R> as(String other);

  /** The same stream on bytes, for relays and stubs. */
  StreamCall<byte[], byte[]> raw();

  Codec<Q> request();

  Codec<R> reply();

  /** How long the opening may take, and then the first message that somebody waits for. */
  Duration firstWithin();

  /**
   * How long the stream may be silent between two messages while somebody waits: a reader for the
   * next, a writer for the other side to take one.
   */
  Duration idleWithin();

  /** How long the stream may live. */
  Duration totalWithin();

  @Override
  default Duration limit() {
    return totalWithin();
  }

  /** Repeating a stream repeats its messages, so only its opening is ever tried again. */
  @Override
  default boolean idempotent() {
    return false;
  }

  /** A stream without limits: no contract yet. */
  @FunctionalInterface
  interface Named<C> {
    /** How long the first message may take: more than 0, at most 7 days. */
    First<C> firstWithin(Duration limit);
  }

  /** A stream that still lacks its limits for silence and for the whole. */
  @FunctionalInterface
  interface First<C> {
    /** How long it may be silent between two messages: more than 0, at most 7 days. */
    Idle<C> idleWithin(Duration limit);
  }

  /** A stream that still lacks its limit for the whole. */
  @FunctionalInterface
  interface Idle<C> {
    /** How long the stream may live: more than 0, at most 7 days. */
    C totalWithin(Duration limit);
  }
}
