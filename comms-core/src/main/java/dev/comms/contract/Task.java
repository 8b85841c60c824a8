package dev.comms.contract;

import java.time.Duration;
import java.util.List;
import java.util.Objects;

/**
 * Work that must be done, but not while the submitter waits. It is delivered at least once, unless
 * it says {@link #atMostOnce()}; its limit, {@link #eachAttemptWithin()}, covers one handling.
 *
 * @param <T> the payload
 */
public final class Task<T> implements Contract {
  private static final Backoff DEFAULT_BACKOFF =
      new Backoff(Duration.ofSeconds(1), Duration.ofMinutes(10));

  private final String name;
  private final Codec<T> codec;
  private final Terms terms;

  /** All but the name and the codec. */
  private record Terms(
      Duration limit,
      Bounds bounds,
      int attempts,
      Backoff backoff,
      Priority priority,
      boolean atMostOnce,
      List<String> aliases) {}

  private Task(String name, Codec<T> codec, Terms terms) {
    this.name = name;
    this.codec = codec;
    this.terms = terms;
    Checks.limit(name, "eachAttemptWithin", terms.limit);
    Checks.atLeastOne(name, "attempts", terms.attempts, 1_000);
    Objects.requireNonNull(terms.backoff, "backoff");
    Objects.requireNonNull(terms.priority, "priority");
  }

  /** First stage: a name and a codec. */
  public static <T> Named<T> named(String name, Codec<T> codec) {
    return new Named<>(Checks.name("task", name), Objects.requireNonNull(codec, "codec"));
  }

  /** A task that still lacks its limit, and therefore is no contract yet. */
  public static final class Named<T> {
    private final String name;
    private final Codec<T> codec;

    private Named(String name, Codec<T> codec) {
      this.name = name;
      this.codec = codec;
    }

    /** Names the limit of one handling: more than 0, at most 7 days. */
    public Task<T> eachAttemptWithin(Duration limit) {
      Checks.limit(name, "eachAttemptWithin", limit);
      Bounds fixed = Bounds.fixed(limit);
      return new Task<>(
          name,
          codec,
          new Terms(limit, fixed, 5, DEFAULT_BACKOFF, Priority.NORMAL, false, List.of()));
    }
  }

  /**
   * The same task with at most so many attempts, the first included: 1 to 1,000, by default 5.
   * After the last it is dead-lettered.
   *
   * @throws IllegalArgumentException if it runs at most once
   */
  public Task<T> attempts(int most) {
    if (terms.atMostOnce && most != 1) {
      throw new IllegalArgumentException(
          name + ": attempts is " + most + " but atMostOnce() has one; leave out one of them");
    }
    return with(most, terms.backoff, terms.priority, terms.atMostOnce);
  }

  /** The same task with another wait between attempts; by default 1 s doubling to 10 min. */
  public Task<T> backoff(Backoff wait) {
    return with(terms.attempts, wait, terms.priority, terms.atMostOnce);
  }

  /** The same task, queued before or behind others of its name; by default NORMAL. */
  public Task<T> priority(Priority usual) {
    return with(terms.attempts, terms.backoff, usual, terms.atMostOnce);
  }

  /**
   * The same task, which is settled before its handler begins: it is never tried again, and a crash
   * or a failure loses it.
   */
  public Task<T> atMostOnce() {
    return with(1, terms.backoff, terms.priority, true);
  }

  /** The same task, whose limit an operator may set between these two. */
  public Task<T> adjustable(Duration least, Duration most) {
    Bounds bounds = new Bounds(least, most);
    bounds.check(name, "eachAttemptWithin", terms.limit);
    return with(terms.limit, bounds, terms.aliases);
  }

  /**
   * The same task with the limit that an operator set.
   *
   * @throws IllegalArgumentException if it is not within the bounds that the contract declares
   */
  public Task<T> adjusted(Duration limit) {
    return with(terms.bounds.check(name, "eachAttemptWithin", limit), terms.bounds, terms.aliases);
  }

  /** The same task, of which those queued under a name that it had before are worked too. */
  public Task<T> alias(String former) {
    return with(terms.limit, terms.bounds, Aliases.plus(name, terms.aliases, former));
  }

  /** The same task under another of its names: what is queued there is worked by the same rules. */
  public Task<T> as(String other) {
    return new Task<>(Checks.name("task", other), codec, terms);
  }

  /** The same task on bytes, for relays and redrives. */
  public Task<byte[]> raw() {
    return new Task<>(name, Codec.bytes(codec.contentType()), terms);
  }

  private Task<T> with(int attempts, Backoff backoff, Priority priority, boolean once) {
    return new Task<>(
        name,
        codec,
        new Terms(terms.limit, terms.bounds, attempts, backoff, priority, once, terms.aliases));
  }

  private Task<T> with(Duration limit, Bounds bounds, List<String> aliases) {
    return new Task<>(
        name,
        codec,
        new Terms(
            limit,
            bounds,
            terms.attempts,
            terms.backoff,
            terms.priority,
            terms.atMostOnce,
            aliases));
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
  public Duration eachAttemptWithin() {
    return terms.limit;
  }

  /** Between which values an operator may set the limit. */
  public Bounds bounds() {
    return terms.bounds;
  }

  /** The most attempts, the first included. */
  public int attempts() {
    return terms.attempts;
  }

  public Backoff backoff() {
    return terms.backoff;
  }

  /** How it is queued if a submission says nothing else. */
  public Priority priority() {
    return terms.priority;
  }

  /** Whether it is settled before its handler begins. */
  public boolean isAtMostOnce() {
    return terms.atMostOnce;
  }

  /** A task may be delivered twice, so its handler must bear that; its submission need not. */
  @Override
  public boolean idempotent() {
    return false;
  }

  public Codec<T> codec() {
    return codec;
  }

  @Override
  public String toString() {
    return "task " + name;
  }
}
