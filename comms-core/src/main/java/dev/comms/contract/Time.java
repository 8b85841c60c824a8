package dev.comms.contract;

import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Supplier;
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
   * Begins something and waits for it. While it waits, the thread may run what {@link
   * #callbacksHere} handed to it in the meantime, so that an answer wakes one thread and not two.
   *
   * @param begin begins it on this thread, without blocking
   * @param callbacks who runs what this thread does not
   * @throws CommsException as {@link #await(CompletableFuture, String, Deadline)}, or as {@code
   *     begin} does
   */
  default <T extends @Nullable Object> T await(
      Supplier<CompletableFuture<T>> begin,
      String contract,
      Deadline deadline,
      Executor callbacks) {
    return await(begin.get(), contract, deadline);
  }

  /**
   * Where callbacks of what this thread begins now should run: on this thread, if it is about to
   * wait for just that; else there. To be asked when something begins, by its transport; it may be
   * given work at any time later, also when nobody waits any more.
   */
  static Executor callbacksHere(Executor otherwise) {
    return Waiting.here(otherwise);
  }

  /** Whether this thread, which waits, is running a callback: it must not wait for another. */
  static boolean callsBack() {
    return Waiting.callsBack();
  }

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
