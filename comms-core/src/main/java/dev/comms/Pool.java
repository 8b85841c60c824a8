package dev.comms;

import dev.comms.contract.Deadline;
import dev.comms.contract.Time;
import java.time.Duration;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionHandler;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/** Named, bounded threads; idle ones end. */
final class Pool {
  private static final Duration IDLE = Duration.ofSeconds(30);

  /** Whose thread this is, or null if it is none of ours. */
  private static final ThreadLocal<@Nullable Executor> HERE = new ThreadLocal<>();

  private Pool() {}

  /** Whether this thread is one of that pool. */
  static boolean isOf(Executor pool) {
    return HERE.get() == pool;
  }

  /**
   * Never rejects and never drops: with the queue full, or after its end, the caller works. (The
   * JDK's own policy of that kind drops what comes after the end, and with it somebody's result.)
   */
  static ExecutorService patient(Time time, String name, int threads, int queue) {
    return of(time, name, threads, queue, (work, pool) -> work.run());
  }

  private static ExecutorService of(
      Time time, String name, int threads, int queue, RejectedExecutionHandler full) {
    ExecutorService virtual = time.executor(name);
    if (virtual != null) {
      return virtual;
    }
    AtomicInteger number = new AtomicInteger();
    AtomicReference<Executor> self = new AtomicReference<>();
    ThreadPoolExecutor pool =
        new ThreadPoolExecutor(
            threads,
            threads,
            IDLE.toMillis(),
            TimeUnit.MILLISECONDS,
            new LinkedBlockingQueue<>(queue),
            work -> {
              Runnable marked =
                  () -> {
                    HERE.set(self.get());
                    work.run();
                  };
              Thread thread = new Thread(marked, name + "-" + number.incrementAndGet());
              thread.setDaemon(true);
              return thread;
            },
            full);
    self.set(pool);
    pool.allowCoreThreadTimeOut(true);
    return pool;
  }

  /** Lets what runs end, and interrupts what has not ended by the deadline. */
  static void close(ExecutorService pool, Deadline deadline) {
    pool.shutdown();
    try {
      long left = Math.max(0, deadline.remaining().toMillis());
      if (!pool.awaitTermination(left, TimeUnit.MILLISECONDS)) {
        interrupt(pool);
      }
    } catch (InterruptedException interrupted) {
      interrupt(pool);
      Thread.currentThread().interrupt();
    }
  }

  /**
   * Interrupts what runs; of what has not begun, results are cancelled and the rest is done here.
   */
  static void interrupt(ExecutorService pool) {
    for (Runnable left : pool.shutdownNow()) {
      if (left instanceof Future<?> result) {
        result.cancel(true);
      } else {
        left.run();
      }
    }
  }
}
