package dev.comms.contract;

import java.time.Duration;

/**
 * Messages both ways, each side at its own pace: bidirectional streaming. The limits hold for what
 * each side waits for.
 *
 * @param <Q> one message of the caller
 * @param <R> one message of the answering side
 */
public final class Dialogue<Q, R> implements StreamCall<Q, R> {
  private final StreamLimits<Q, R> is;

  private Dialogue(StreamLimits<Q, R> is) {
    this.is = is;
  }

  /** First stage: a name and the codecs of both directions. */
  public static <Q, R> Named<Dialogue<Q, R>> named(String name, Codec<Q> request, Codec<R> reply) {
    return StreamLimits.begin("dialogue", name, request, reply, Dialogue::new);
  }

  @Override
  public String name() {
    return is.name();
  }

  @Override
  public Codec<Q> request() {
    return is.request();
  }

  @Override
  public Codec<R> reply() {
    return is.reply();
  }

  @Override
  public Duration firstWithin() {
    return is.firstWithin();
  }

  @Override
  public Duration idleWithin() {
    return is.idleWithin();
  }

  @Override
  public Duration totalWithin() {
    return is.totalWithin();
  }

  @Override
  public String toString() {
    return "dialogue " + name();
  }
}
