package dev.comms.contract;

import java.time.Duration;
import java.util.List;

/**
 * Many messages, one reply: client streaming. The first limit is for the opening and for the
 * caller's first message, and the reply must come within the idle limit of the last one.
 *
 * @param <Q> one message of the caller
 * @param <R> the reply
 */
public final class Upload<Q, R> implements StreamCall<Q, R> {
  private final StreamLimits<Q, R> is;

  private Upload(StreamLimits<Q, R> is) {
    this.is = is;
  }

  /** First stage: a name and the codecs of both directions. */
  public static <Q, R> Named<Upload<Q, R>> named(String name, Codec<Q> request, Codec<R> reply) {
    return StreamLimits.begin("upload", name, request, reply, Upload::new);
  }

  /** The same upload, which is also answered under a name that it had before. */
  public Upload<Q, R> alias(String former) {
    return new Upload<>(is.alias(former));
  }

  @Override
  public Upload<Q, R> as(String other) {
    return new Upload<>(is.as("upload", other));
  }

  @Override
  public Upload<byte[], byte[]> raw() {
    return new Upload<>(is.raw());
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
    return "upload " + name();
  }
}
