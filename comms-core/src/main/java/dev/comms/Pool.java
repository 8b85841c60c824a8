package dev.comms;

import dev.comms.contract.Deadline;
import java.time.Duration;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionHandler;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** Named, bounded threads; idle ones end. */
final class Pool {
  private static final Duration IDLE = Duration.ofSeconds(30);

  private Pool() {}

  /** Rejects, with an exception, what finds neither a thread nor a place in the queue. */
  static ThreadPoolExecutor of(String name, int threads, int queue) {
    return of(name, threads, queue, new ThreadPoolExecutor.AbortPolicy());
  }

  /** Never rejects: with the queue full the caller works, which slows it down. */
  static ThreadPoolExecutor patient(String name, int threads, int queue) {
    return of(name, threads, queue, new ThreadPoolExecutor.CallerRunsPolicy());
  }

  private static ThreadPoolExecutor of(
      String name, int threads, int queue, RejectedExecutionHandler full) {
    AtomicInteger number = new AtomicInteger();
    ThreadPoolExecutor pool =
        new ThreadPoolExecutor(
            threads,
            threads,
            IDLE.toMillis(),
            TimeUnit.MILLISECONDS,
            new LinkedBlockingQueue<>(queue),
            work -> {
              Thread thread = new Thread(work, name + "-" + number.incrementAndGet());
              thread.setDaemon(true);
              return thread;
            },
            full);
    pool.allowCoreThreadTimeOut(true);
    return pool;
  }

  /** Lets what runs end, and interrupts what has not ended by the deadline. */
  static void close(ThreadPoolExecutor pool, Deadline deadline) {
    pool.shutdown();
    try {
      long left = Math.max(0, deadline.remaining().toMillis());
      if (!pool.awaitTermination(left, TimeUnit.MILLISECONDS)) {
        pool.shutdownNow();
      }
    } catch (InterruptedException interrupted) {
      pool.shutdownNow();
      Thread.currentThread().interrupt();
    }
  }
}
