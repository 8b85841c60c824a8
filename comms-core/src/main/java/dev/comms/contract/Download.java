package dev.comms.contract;

import java.time.Duration;
import java.util.Objects;

/**
 * One request, many replies: server streaming.
 *
 * @param <Q> the request
 * @param <R> one message of the reply
 */
public final class Download<Q, R> implements StreamCall<Q, R> {
  private final String name;
  private final Codec<Q> request;
  private final Codec<R> reply;
  private final Duration firstWithin;
  private final Duration idleWithin;
  private final Duration totalWithin;

  private Download(
      String name,
      Codec<Q> request,
      Codec<R> reply,
      Duration first,
      Duration idle,
      Duration total) {
    this.name = name;
    this.request = request;
    this.reply = reply;
    this.firstWithin = Checks.limit(name, "firstWithin", first);
    this.idleWithin = Checks.limit(name, "idleWithin", idle);
    this.totalWithin = Checks.limit(name, "totalWithin", total);
  }

  /** First stage: a name and the codecs of both directions. */
  public static <Q, R> Named<Q, R> named(String name, Codec<Q> request, Codec<R> reply) {
    return new Named<>(
        Checks.name("download", name),
        Objects.requireNonNull(request, "request codec"),
        Objects.requireNonNull(reply, "reply codec"));
  }

  /** A download without limits: no contract yet. */
  public static final class Named<Q, R> {
    private final String name;
    private final Codec<Q> request;
    private final Codec<R> reply;

    private Named(String name, Codec<Q> request, Codec<R> reply) {
      this.name = name;
      this.request = request;
      this.reply = reply;
    }

    /** How long the first message may take: more than 0, at most 7 days. */
    public First<Q, R> firstWithin(Duration limit) {
      return new First<>(this, limit);
    }
  }

  /** A download that still lacks its limits for silence and for the whole. */
  public static final class First<Q, R> {
    private final Named<Q, R> named;
    private final Duration first;

    private First(Named<Q, R> named, Duration first) {
      this.named = named;
      this.first = Checks.limit(named.name, "firstWithin", first);
    }

    /** How long it may be silent between two messages: more than 0, at most 7 days. */
    public Idle<Q, R> idleWithin(Duration limit) {
      return new Idle<>(this, limit);
    }
  }

  /** A download that still lacks its limit for the whole. */
  public static final class Idle<Q, R> {
    private final First<Q, R> first;
    private final Duration idle;

    private Idle(First<Q, R> first, Duration idle) {
      this.first = first;
      this.idle = Checks.limit(first.named.name, "idleWithin", idle);
    }

    /** How long the stream may live: more than 0, at most 7 days. */
    public Download<Q, R> totalWithin(Duration limit) {
      Named<Q, R> named = first.named;
      return new Download<>(named.name, named.request, named.reply, first.first, idle, limit);
    }
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public boolean idempotent() {
    return false;
  }

  @Override
  public Codec<Q> request() {
    return request;
  }

  @Override
  public Codec<R> reply() {
    return reply;
  }

  @Override
  public Duration firstWithin() {
    return firstWithin;
  }

  @Override
  public Duration idleWithin() {
    return idleWithin;
  }

  @Override
  public Duration totalWithin() {
    return totalWithin;
  }

  @Override
  public String toString() {
    return "download " + name;
  }
}
