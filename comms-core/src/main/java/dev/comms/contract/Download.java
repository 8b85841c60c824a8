package dev.comms.contract;

import java.time.Duration;
import java.util.List;

/**
 * One request, many replies: server streaming. The first limit is for the first reply.
 *
 * @param <Q> the request
 * @param <R> one message of the reply
 */
public final class Download<Q, R> implements StreamCall<Q, R> {
  private final StreamLimits<Q, R> is;

  private Download(StreamLimits<Q, R> is) {
    this.is = is;
  }

  /** First stage: a name and the codecs of both directions. */
  public static <Q, R> Named<Download<Q, R>> named(String name, Codec<Q> request, Codec<R> reply) {
    return StreamLimits.begin("download", name, request, reply, Download::new);
  }

  /** The same download, which is also answered under a name that it had before. */
  public Download<Q, R> alias(String former) {
    return new Download<>(is.alias(former));
  }

  @Override
  public Download<Q, R> as(String other) {
    return new Download<>(is.as("download", other));
  }

  @Override
  public Download<byte[], byte[]> raw() {
    return new Download<>(is.raw());
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
    return "download " + name();
  }
}
