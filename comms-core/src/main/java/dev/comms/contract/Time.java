package dev.comms.contract;

import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;

/** The only clock, so that tests can turn it by hand. Safe for use by many threads. */
public interface Time {

  /** Monotonic nanoseconds, comparable only within this process. */
  long nanos();

  /** The wall clock, for what leaves this process. */
  Instant now();

  /**
   * Runs something after a while on this clock's own thread; it must not block. Cancelling is
   * idempotent and may come too late.
   */
  Cancellable schedule(Duration after, Runnable what);

  /**
   * Waits for a result; the only place in comms that blocks.
   *
   * @throws CommsException as the future failed, or {@code DeadlineExceeded} when the deadline
   *     passed, or {@code Cancelled} when the thread was interrupted (the flag stays set); in both
   *     cases the future is cancelled
   */
  <T extends @Nullable Object> T await(
      CompletableFuture<T> result, String contract, Deadline deadline);

  /**
   * Where the work of a service runs if this clock runs that too, as a virtual one may do in order
   * to know when all is quiet; null, and comms makes bounded threads of its own.
   *
   * @param name names the threads
   */
  default @Nullable ExecutorService executor(String name) {
    return null;
  }

  /** From 0 inclusive to 1 exclusive, for jitter; a virtual clock makes it repeatable. */
  default double random() {
    return ThreadLocalRandom.current().nextDouble();
  }

  /** The system's clock, with one daemon thread named {@code comms-time} for the whole process. */
  static Time system() {
    return SystemTime.INSTANCE;
  }

  /** Something scheduled that may be called off. */
  interface Cancellable {
    void cancel();
  }
}
