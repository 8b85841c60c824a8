package dev.comms.contract;

import java.time.Duration;
import java.util.Objects;

/**
 * A question that is answered now. Its limit, {@link #answeredWithin()}, covers the whole call,
 * retries included.
 *
 * @param <Q> the request
 * @param <R> the reply
 */
public final class Call<Q, R> implements Contract {
  private final String name;
  private final Codec<Q> request;
  private final Codec<R> reply;
  private final Duration answeredWithin;
  private final Duration eachAttemptWithin;
  private final int attempts;
  private final boolean idempotent;

  private Call(
      Named<Q, R> named, Duration answeredWithin, Duration eachAttemptWithin, int attempts) {
    this.name = named.name;
    this.request = named.request;
    this.reply = named.reply;
    this.idempotent = named.idempotent;
    this.answeredWithin = Checks.limit(name, "answeredWithin", answeredWithin);
    this.eachAttemptWithin = Checks.limit(name, "eachAttemptWithin", eachAttemptWithin);
    this.attempts = Checks.atLeastOne(name, "attempts", attempts, 10);
  }

  /** First stage: a name and the codecs of both directions. */
  public static <Q, R> Named<Q, R> named(String name, Codec<Q> request, Codec<R> reply) {
    return new Named<>(
        Checks.name("call", name),
        Objects.requireNonNull(request, "request codec"),
        Objects.requireNonNull(reply, "reply codec"),
        false);
  }

  /** A call that still lacks its limit, and therefore is no contract yet. */
  public static final class Named<Q, R> {
    private final String name;
    private final Codec<Q> request;
    private final Codec<R> reply;
    private final boolean idempotent;

    private Named(String name, Codec<Q> request, Codec<R> reply, boolean idempotent) {
      this.name = name;
      this.request = request;
      this.reply = reply;
      this.idempotent = idempotent;
    }

    /** Says that answering twice has the effect of answering once; only then is it retried. */
    public Named<Q, R> asIdempotent() {
      return new Named<>(name, request, reply, true);
    }

    /** Names the limit of the whole call, retries included: more than 0, at most 7 days. */
    public Call<Q, R> answeredWithin(Duration limit) {
      return new Call<>(this, limit, limit, 3);
    }
  }

  /** The same call with a limit for each attempt; the whole limit still rules. */
  public Call<Q, R> eachAttemptWithin(Duration limit) {
    return new Call<>(asNamed(), answeredWithin, limit, attempts);
  }

  /** The same call with at most so many attempts, the first included: 1 to 10, by default 3. */
  public Call<Q, R> attempts(int most) {
    return new Call<>(asNamed(), answeredWithin, eachAttemptWithin, most);
  }

  private Named<Q, R> asNamed() {
    return new Named<>(name, request, reply, idempotent);
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public Duration limit() {
    return answeredWithin;
  }

  /** The limit of the whole call, retries included. */
  public Duration answeredWithin() {
    return answeredWithin;
  }

  /** The limit of one attempt; never more than what is left of the whole. */
  public Duration eachAttemptWithin() {
    return eachAttemptWithin;
  }

  /** The most attempts, the first included. */
  public int attempts() {
    return attempts;
  }

  @Override
  public boolean idempotent() {
    return idempotent;
  }

  public Codec<Q> request() {
    return request;
  }

  public Codec<R> reply() {
    return reply;
  }

  @Override
  public String toString() {
    return "call " + name;
  }
}
