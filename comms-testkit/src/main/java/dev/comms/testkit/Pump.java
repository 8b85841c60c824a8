package dev.comms.testkit;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Hands over, one at a time, on the thread that signals; a signal that comes while one hands over
 * is left to it. So order is kept, the stack stays flat, and no lock is held while a consumer runs.
 */
final class Pump {
  private static final Logger LOG = LoggerFactory.getLogger(Pump.class);
  private final AtomicInteger signals = new AtomicInteger();
  private final Supplier<@Nullable Runnable> next;

  Pump(Supplier<@Nullable Runnable> next) {
    this.next = next;
  }

  void signal() {
    if (signals.getAndIncrement() != 0) {
      return;
    }
    int seen;
    do {
      seen = signals.get();
      for (Runnable job = next.get(); job != null; job = next.get()) {
        run(job);
      }
    } while (signals.addAndGet(-seen) != 0);
  }

  private static void run(Runnable job) {
    try {
      job.run();
    } catch (RuntimeException broken) {
      LOG.warn("a consumer threw; it must never do so: look at its code", broken);
    }
  }
}
