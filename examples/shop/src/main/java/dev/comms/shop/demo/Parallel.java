package dev.comms.shop.demo;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Several things at once, each on a thread of its own, until all have ended. */
final class Parallel {
  private static final Logger LOG = LoggerFactory.getLogger(Parallel.class);

  /** More would make each so slow on a small machine that its limits pass. */
  private static final int A_FEW = 2;

  private Parallel() {}

  /** Runs all, a few at a time, and waits for all; then throws the first failure, if any. */
  static void run(String name, List<Runnable> all) {
    RuntimeException first = null;
    ExecutorService pool = pool(name, A_FEW);
    try {
      for (Future<?> each : begin(pool, all)) {
        try {
          each.get();
        } catch (ExecutionException failed) {
          RuntimeException cause =
              failed.getCause() instanceof RuntimeException known
                  ? known
                  : new IllegalStateException(failed.getCause());
          first = first == null ? cause : first;
        }
      }
    } catch (InterruptedException stopping) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("stopped while " + name, stopping);
    } finally {
      pool.shutdown();
    }
    if (first != null) {
      throw first;
    }
  }

  /** Runs all and waits for all, at most so long; failures are logged. */
  static void quietly(String name, List<Runnable> all, Duration limit) {
    long until = System.nanoTime() + limit.toNanos();
    ExecutorService pool = pool(name, Math.max(1, all.size()));
    for (Future<?> each : begin(pool, all)) {
      try {
        each.get(Math.max(1, until - System.nanoTime()), TimeUnit.NANOSECONDS);
      } catch (ExecutionException | TimeoutException failed) {
        LOG.warn("{}: {}", name, failed.toString());
      } catch (InterruptedException stopping) {
        Thread.currentThread().interrupt();
      }
    }
    pool.shutdownNow();
  }

  private static List<Future<?>> begin(ExecutorService pool, List<Runnable> all) {
    List<Future<?>> begun = new ArrayList<>();
    all.forEach(one -> begun.add(pool.submit(one)));
    return begun;
  }

  private static ExecutorService pool(String name, int threads) {
    return Executors.newFixedThreadPool(
        threads,
        work -> {
          Thread thread = new Thread(work, name);
          thread.setDaemon(true);
          return thread;
        });
  }
}
