package dev.comms.contract;

import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Something that happened, for any number of independent groups, now or later. It is delivered at
 * least once to each group, unless it says {@link #atMostOnce()}, in order per key; its limit,
 * {@link #handledWithin()}, covers one handling.
 *
 * @param <T> the payload
 */
public final class Event<T> implements Contract {
  private static final Backoff DEFAULT_BACKOFF =
      new Backoff(Duration.ofMillis(200), Duration.ofSeconds(30));

  private static final Duration LONGEST_LIFE = Duration.ofDays(3_650);

  private final String name;
  private final Codec<T> codec;
  private final @Nullable Function<? super T, String> key;
  private final Terms terms;

  /** All but the name, the codec and the key. */
  private record Terms(
      Duration limit,
      Bounds bounds,
      int attempts,
      Backoff backoff,
      boolean atMostOnce,
      List<String> aliases,
      @Nullable Duration life) {}

  private Event(
      String name, Codec<T> codec, @Nullable Function<? super T, String> key, Terms terms) {
    this.name = name;
    this.codec = codec;
    this.key = key;
    this.terms = terms;
    Checks.limit(name, "handledWithin", terms.limit);
    Checks.atLeastOne(name, "attempts", terms.attempts, 1_000);
    Objects.requireNonNull(terms.backoff, "backoff");
  }

  /** First stage: a name and a codec. */
  public static <T> Named<T> named(String name, Codec<T> codec) {
    return new Named<>(Checks.name("event", name), Objects.requireNonNull(codec, "codec"));
  }

  /** An event that still lacks its limit, and therefore is no contract yet. */
  public static final class Named<T> {
    private final String name;
    private final Codec<T> codec;

    private Named(String name, Codec<T> codec) {
      this.name = name;
      this.codec = codec;
    }

    /** Names the limit of one handling: more than 0, at most 7 days. */
    public Event<T> handledWithin(Duration limit) {
      Checks.limit(name, "handledWithin", limit);
      Bounds fixed = Bounds.fixed(limit);
      return new Event<>(
          name, codec, null, new Terms(limit, fixed, 5, DEFAULT_BACKOFF, false, List.of(), null));
    }
  }

  /** The same event, ordered by this key; without one there is no order between events. */
  public Event<T> keyedBy(Function<? super T, String> by) {
    return new Event<>(name, codec, Objects.requireNonNull(by, "key"), terms);
  }

  /**
   * The same event with at most so many attempts in each group, the first included: 1 to 1,000, by
   * default 5. After the last it goes to the group's dead letters and its key goes on.
   *
   * @throws IllegalArgumentException if it is handled at most once
   */
  public Event<T> attempts(int most) {
    if (terms.atMostOnce && most != 1) {
      throw new IllegalArgumentException(
          name + ": attempts is " + most + " but atMostOnce() has one; leave out one of them");
    }
    return with(most, terms.backoff, terms.atMostOnce);
  }

  /** The same event with another wait between attempts; by default 200 ms doubling to 30 s. */
  public Event<T> backoff(Backoff wait) {
    return with(terms.attempts, wait, terms.atMostOnce);
  }

  /**
   * The same event, which each group settles before its handler begins: it is never tried again,
   * and a crash or a failure loses it for that group.
   */
  public Event<T> atMostOnce() {
    return with(1, terms.backoff, true);
  }

  /**
   * The same event, which nobody wants any more so long after it was published: a handler that has
   * not begun by then never does, and it goes to the group's dead letters as {@code expired}. The
   * clocks of two hosts may differ by 2 s. A replay does not look at it.
   *
   * @param life more than 0, at most 3,650 days
   */
  public Event<T> expiresAfter(Duration life) {
    Objects.requireNonNull(life, () -> name + ": expiresAfter is null; leave it out");
    if (life.isNegative() || life.isZero() || life.compareTo(LONGEST_LIFE) > 0) {
      throw new IllegalArgumentException(
          name
              + ": expiresAfter is "
              + life
              + " but must be more than 0 and at most "
              + LONGEST_LIFE
              + "; leave it out if it is to be wanted for ever");
    }
    return with(
        new Terms(
            terms.limit,
            terms.bounds,
            terms.attempts,
            terms.backoff,
            terms.atMostOnce,
            terms.aliases,
            life));
  }

  /** The same event, whose limit an operator may set between these two. */
  public Event<T> adjustable(Duration least, Duration most) {
    Bounds bounds = new Bounds(least, most);
    bounds.check(name, "handledWithin", terms.limit);
    return with(terms.limit, bounds, terms.aliases);
  }

  /**
   * The same event with the limit that an operator set.
   *
   * @throws IllegalArgumentException if it is not within the bounds that the contract declares
   */
  public Event<T> adjusted(Duration limit) {
    return with(terms.bounds.check(name, "handledWithin", limit), terms.bounds, terms.aliases);
  }

  /** The same event, of which those published under a name that it had before are handled too. */
  public Event<T> alias(String former) {
    return with(terms.limit, terms.bounds, Aliases.plus(name, terms.aliases, former));
  }

  /** The same event under another of its names: what is kept there is handled by the same rules. */
  public Event<T> as(String other) {
    return new Event<>(Checks.name("event", other), codec, key, terms);
  }

  /** The same event on bytes, without a key of its own, for relays and redrives. */
  public Event<byte[]> raw() {
    return new Event<>(name, Codec.bytes(codec.contentType()), null, terms);
  }

  private Event<T> with(int attempts, Backoff backoff, boolean once) {
    return with(
        new Terms(terms.limit, terms.bounds, attempts, backoff, once, terms.aliases, terms.life));
  }

  private Event<T> with(Duration limit, Bounds bounds, List<String> aliases) {
    return with(
        new Terms(
            limit, bounds, terms.attempts, terms.backoff, terms.atMostOnce, aliases, terms.life));
  }

  private Event<T> with(Terms other) {
    return new Event<>(name, codec, key, other);
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public List<String> aliases() {
    return terms.aliases;
  }

  @Override
  public Duration limit() {
    return terms.limit;
  }

  /** The limit of one handling. */
  public Duration handledWithin() {
    return terms.limit;
  }

  /** Between which values an operator may set the limit. */
  public Bounds bounds() {
    return terms.bounds;
  }

  /** The key of a payload, or null if this event has no order. */
  public @Nullable String keyOf(T payload) {
    return key == null ? null : key.apply(payload);
  }

  /** The most attempts in each group, the first included. */
  public int attempts() {
    return terms.attempts;
  }

  public Backoff backoff() {
    return terms.backoff;
  }

  /** How long after it was published it is wanted, or null for ever. */
  public @Nullable Duration life() {
    return terms.life;
  }

  /** Whether each group settles it before its handler begins. */
  public boolean isAtMostOnce() {
    return terms.atMostOnce;
  }

  /** An event may be delivered twice, so its handlers must bear that; its publishing need not. */
  @Override
  public boolean idempotent() {
    return false;
  }

  public Codec<T> codec() {
    return codec;
  }

  @Override
  public String toString() {
    return "event " + name;
  }
}
