package dev.comms.contract;

import java.time.Duration;
import java.util.List;

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

  /** The same dialogue, which is also answered under a name that it had before. */
  public Dialogue<Q, R> alias(String former) {
    return new Dialogue<>(is.alias(former));
  }

  @Override
  public Dialogue<Q, R> as(String other) {
    return new Dialogue<>(is.as("dialogue", other));
  }

  @Override
  public Dialogue<byte[], byte[]> raw() {
    return new Dialogue<>(is.raw());
  }

  @Override
  public List<String> aliases() {
    return is.aliases();
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
