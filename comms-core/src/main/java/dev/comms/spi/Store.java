package dev.comms.spi;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * A small memory that all instances of a service share: what {@code unique} tasks and schedules
 * remember. Each entry is a key and a value of at most 1,000 characters and ends with its life; the
 * store's own clock decides, never the caller's. Every method is atomic and fails with a {@link
 * dev.comms.contract.CommsException}. Safe for use by many threads.
 */
public interface Store extends AutoCloseable {

  /** The name for messages and health, such as {@code jdbc}. */
  String system();

  /** Prepares it, tables included; done when it can be used. */
  CompletableFuture<Void> open(Host host);

  /** Puts the value if the key has none; returns the value that it has now. */
  CompletableFuture<String> claim(String key, String value, Duration life);

  /** Replaces the value if it is still this one, with a new life; returns whether it did. */
  CompletableFuture<Boolean> replace(String key, String expected, String value, Duration life);

  /** Removes the key if its value is still this one; returns whether it did. */
  CompletableFuture<Boolean> release(String key, String value);

  /** The value, or null. */
  CompletableFuture<@Nullable String> find(String key);

  /** Gives back what it holds; a second call does nothing. */
  @Override
  void close();
}
