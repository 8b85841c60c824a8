package dev.comms.contract;

import java.time.Duration;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A question that is answered now. Its limit, {@link #answeredWithin()}, covers the whole call,
 * retries included.
 *
 * @param <Q> the request
 * @param <R> the reply
 */
public final class Call<Q, R> implements Contract {
  private final Named<Q, R> named;
  private final Terms terms;

  /** All but the names and codecs. */
  private record Terms(
      Duration answeredWithin,
      Duration eachAttemptWithin,
      int attempts,
      @Nullable Duration hedgedAfter,
      Bounds bounds,
      List<String> aliases) {}

  private Call(Named<Q, R> named, Terms terms) {
    this.named = named;
    this.terms = terms;
    Checks.limit(named.name, "answeredWithin", terms.answeredWithin);
    Checks.limit(named.name, "eachAttemptWithin", terms.eachAttemptWithin);
    Checks.atLeastOne(named.name, "attempts", terms.attempts, 10);
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
      Checks.limit(name, "answeredWithin", limit);
      return new Call<>(this, new Terms(limit, limit, 3, null, Bounds.fixed(limit), List.of()));
    }
  }

  /** The same call with a limit for each attempt; the whole limit still rules. */
  public Call<Q, R> eachAttemptWithin(Duration limit) {
    return with(terms.answeredWithin, limit, terms.attempts, terms.hedgedAfter, terms.bounds);
  }

  /** The same call with at most so many attempts, the first included: 1 to 10, by default 3. */
  public Call<Q, R> attempts(int most) {
    return with(
        terms.answeredWithin, terms.eachAttemptWithin, most, terms.hedgedAfter, terms.bounds);
  }

  /**
   * The same call, of which another attempt begins when this has passed without an answer, while
   * the first goes on; the first answer wins and the other attempt is cancelled. It costs capacity:
   * choose about the 95th percentile of the answer's time.
   *
   * @throws IllegalArgumentException if the call is not idempotent
   */
  public Call<Q, R> hedgedAfter(Duration silence) {
    Checks.limit(name(), "hedgedAfter", silence);
    if (!named.idempotent) {
      throw new IllegalArgumentException(
          name() + ": hedgedAfter runs it twice, and it is not idempotent; say asIdempotent()");
    }
    return with(
        terms.answeredWithin, terms.eachAttemptWithin, terms.attempts, silence, terms.bounds);
  }

  /** The same call, whose whole limit an operator may set between these two. */
  public Call<Q, R> adjustable(Duration least, Duration most) {
    Bounds bounds = new Bounds(least, most);
    bounds.check(name(), "answeredWithin", terms.answeredWithin);
    return with(
        terms.answeredWithin, terms.eachAttemptWithin, terms.attempts, terms.hedgedAfter, bounds);
  }

  /**
   * The same call with the limit that an operator set.
   *
   * @throws IllegalArgumentException if it is not within the bounds that the contract declares
   */
  public Call<Q, R> adjusted(Duration limit) {
    terms.bounds.check(name(), "answeredWithin", limit);
    // An attempt's own limit is kept; one that only repeated the whole follows it.
    Duration each =
        terms.eachAttemptWithin.equals(terms.answeredWithin) ? limit : terms.eachAttemptWithin;
    return with(limit, each, terms.attempts, terms.hedgedAfter, terms.bounds);
  }

  /** The same call, which is also answered under a name that it had before. */
  public Call<Q, R> alias(String former) {
    List<String> all = Aliases.plus(name(), terms.aliases, former);
    return new Call<>(
        named,
        new Terms(
            terms.answeredWithin,
            terms.eachAttemptWithin,
            terms.attempts,
            terms.hedgedAfter,
            terms.bounds,
            all));
  }

  /** The same call under another name. */
  public Call<Q, R> as(String other) {
    return new Call<>(
        new Named<>(Checks.name("call", other), named.request, named.reply, named.idempotent),
        terms);
  }

  /** The same call on bytes, for relays and stubs. */
  public Call<byte[], byte[]> raw() {
    Codec<byte[]> in = Codec.bytes(named.request.contentType());
    Codec<byte[]> out = Codec.bytes(named.reply.contentType());
    return new Call<>(new Named<>(name(), in, out, named.idempotent), terms);
  }

  private Call<Q, R> with(
      Duration whole, Duration each, int attempts, @Nullable Duration hedged, Bounds bounds) {
    return new Call<>(named, new Terms(whole, each, attempts, hedged, bounds, terms.aliases));
  }

  @Override
  public String name() {
    return named.name;
  }

  @Override
  public List<String> aliases() {
    return terms.aliases;
  }

  @Override
  public Duration limit() {
    return terms.answeredWithin;
  }

  /** The limit of the whole call, retries included. */
  public Duration answeredWithin() {
    return terms.answeredWithin;
  }

  /** The limit of one attempt; never more than what is left of the whole. */
  public Duration eachAttemptWithin() {
    return terms.eachAttemptWithin;
  }

  /** The most attempts, the first included. */
  public int attempts() {
    return terms.attempts;
  }

  /** After which silence another attempt begins beside the first, or null for never. */
  public @Nullable Duration hedgedAfter() {
    return terms.hedgedAfter;
  }

  /** Between which values an operator may set the whole limit. */
  public Bounds bounds() {
    return terms.bounds;
  }

  @Override
  public boolean idempotent() {
    return named.idempotent;
  }

  public Codec<Q> request() {
    return named.request;
  }

  public Codec<R> reply() {
    return named.reply;
  }

  @Override
  public String toString() {
    return "call " + name();
  }
}
