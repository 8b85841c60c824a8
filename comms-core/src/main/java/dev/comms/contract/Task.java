package dev.comms.contract;

import java.time.Duration;
import java.util.Objects;

/**
 * Work that must be done, but not while the submitter waits. It is delivered at least once; its
 * limit, {@link #eachAttemptWithin()}, covers one handling.
 *
 * @param <T> the payload
 */
public final class Task<T> implements Contract {
  private static final Backoff DEFAULT_BACKOFF =
      new Backoff(Duration.ofSeconds(1), Duration.ofMinutes(10));

  private final String name;
  private final Codec<T> codec;
  private final Duration eachAttemptWithin;
  private final int attempts;
  private final Backoff backoff;

  private Task(String name, Codec<T> codec, Duration limit, int attempts, Backoff backoff) {
    this.name = name;
    this.codec = codec;
    this.eachAttemptWithin = Checks.limit(name, "eachAttemptWithin", limit);
    this.attempts = Checks.atLeastOne(name, "attempts", attempts, 1_000);
    this.backoff = Objects.requireNonNull(backoff, "backoff");
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
      return new Task<>(name, codec, limit, 5, DEFAULT_BACKOFF);
    }
  }

  /**
   * The same task with at most so many attempts, the first included: 1 to 1,000, by default 5.
   * After the last it is dead-lettered.
   */
  public Task<T> attempts(int most) {
    return new Task<>(name, codec, eachAttemptWithin, most, backoff);
  }

  /** The same task with another wait between attempts; by default 1 s doubling to 10 min. */
  public Task<T> backoff(Backoff wait) {
    return new Task<>(name, codec, eachAttemptWithin, attempts, wait);
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public Duration limit() {
    return eachAttemptWithin;
  }

  /** The limit of one handling. */
  public Duration eachAttemptWithin() {
    return eachAttemptWithin;
  }

  /** The most attempts, the first included. */
  public int attempts() {
    return attempts;
  }

  public Backoff backoff() {
    return backoff;
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
