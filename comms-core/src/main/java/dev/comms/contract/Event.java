package dev.comms.contract;

import java.time.Duration;
import java.util.Objects;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Something that happened, for any number of independent groups, now or later. It is delivered at
 * least once to each group, in order per key; its limit, {@link #handledWithin()}, covers one
 * handling.
 *
 * @param <T> the payload
 */
public final class Event<T> implements Contract {
  private static final Backoff DEFAULT_BACKOFF =
      new Backoff(Duration.ofMillis(200), Duration.ofSeconds(30));

  private final String name;
  private final Codec<T> codec;
  private final Duration handledWithin;
  private final @Nullable Function<? super T, String> key;
  private final int attempts;
  private final Backoff backoff;

  private Event(
      String name,
      Codec<T> codec,
      Duration limit,
      @Nullable Function<? super T, String> key,
      int attempts,
      Backoff backoff) {
    this.name = name;
    this.codec = codec;
    this.handledWithin = Checks.limit(name, "handledWithin", limit);
    this.key = key;
    this.attempts = Checks.atLeastOne(name, "attempts", attempts, 1_000);
    this.backoff = Objects.requireNonNull(backoff, "backoff");
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
      return new Event<>(name, codec, limit, null, 5, DEFAULT_BACKOFF);
    }
  }

  /** The same event, ordered by this key; without one there is no order between events. */
  public Event<T> keyedBy(Function<? super T, String> by) {
    return new Event<>(
        name, codec, handledWithin, Objects.requireNonNull(by, "key"), attempts, backoff);
  }

  /**
   * The same event with at most so many attempts in each group, the first included: 1 to 1,000, by
   * default 5. After the last it goes to the group's dead letters and its key goes on.
   */
  public Event<T> attempts(int most) {
    return new Event<>(name, codec, handledWithin, key, most, backoff);
  }

  /** The same event with another wait between attempts; by default 200 ms doubling to 30 s. */
  public Event<T> backoff(Backoff wait) {
    return new Event<>(name, codec, handledWithin, key, attempts, wait);
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public Duration limit() {
    return handledWithin;
  }

  /** The limit of one handling. */
  public Duration handledWithin() {
    return handledWithin;
  }

  /** The key of a payload, or null if this event has no order. */
  public @Nullable String keyOf(T payload) {
    return key == null ? null : key.apply(payload);
  }

  /** The most attempts in each group, the first included. */
  public int attempts() {
    return attempts;
  }

  public Backoff backoff() {
    return backoff;
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
