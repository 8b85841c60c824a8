package dev.comms.spi;

import dev.comms.contract.CommsException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * A small memory that all instances of a service share: what {@code unique} tasks and schedules
 * remember. Each entry is a key and a value and ends with its life; the store's own clock decides,
 * never the caller's. Every method is atomic, ends within a limit that the store names, and fails
 * with a {@link CommsException}: {@code Unavailable} if it could not be asked, whose effect says
 * whether it may have acted. Safe for use by many threads.
 */
public interface Store extends AutoCloseable {
  int MOST_KEY = 500;
  int MOST_VALUE = 1_000;
  Duration LONGEST_LIFE = Duration.ofDays(3_650);

  /** The name for messages and health, such as {@code jdbc}. */
  String system();

  /** Prepares it, tables included; done when it can be used. */
  CompletableFuture<Void> open(Host host);

  /**
   * Puts the value if the key has none; returns the value that it has now. A claim with the value
   * that is there already finds it, and leaves its life as it is.
   */
  CompletableFuture<String> claim(String key, String value, Duration life);

  /** Replaces the value if it is still this one, with a new life; returns whether it did. */
  CompletableFuture<Boolean> replace(String key, String expected, String value, Duration life);

  /** Removes the key if its value is still this one; returns whether it did. */
  CompletableFuture<Boolean> release(String key, String value);

  /** The value, or null. */
  CompletableFuture<@Nullable String> find(String key);

  /** Gives back what it holds; what is stored stays. A second call does nothing. */
  @Override
  void close();

  /**
   * What every store refuses, in the same words.
   *
   * @param key 1 to 500 characters
   * @param value 1 to 1,000 characters
   * @param life 1 ms to 3,650 days
   * @throws CommsException.Misconfigured if one of them is not so
   */
  static void check(String key, String value, Duration life) {
    length("the key '" + key.substring(0, Math.min(60, key.length())) + "'", key, MOST_KEY);
    length("the value of " + key, value, MOST_VALUE);
    if (life.compareTo(Duration.ofMillis(1)) < 0 || life.compareTo(LONGEST_LIFE) > 0) {
      throw new CommsException.Misconfigured(
          "store", "the life of " + key + " is " + life + " but must be 1 ms to " + LONGEST_LIFE);
    }
  }

  private static void length(String what, String text, int most) {
    if (text.isEmpty() || text.length() > most) {
      throw new CommsException.Misconfigured(
          "store",
          what
              + " has "
              + text.length()
              + " characters but must have 1 to "
              + most
              + "; shorten it");
    }
  }
}
