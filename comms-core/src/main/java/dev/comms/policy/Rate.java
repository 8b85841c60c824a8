package dev.comms.policy;

import dev.comms.contract.Time;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/**
 * A bucket of permits that refills steadily and holds those of one second. It keeps only the moment
 * at which it will be full again (the generic cell rate algorithm), so the rate may change at any
 * time.
 */
final class Rate {
  private static final long SECOND = TimeUnit.SECONDS.toNanos(1);

  private final Time time;
  private final AtomicLong full;

  Rate(Time time) {
    this.time = time;
    this.full = new AtomicLong(time.nanos());
  }

  /** Takes a permit of a bucket that refills so many per second, at least 1. */
  boolean tryBegin(int perSecond) {
    long refill = Math.max(1, SECOND / perSecond);
    while (true) {
      long now = time.nanos();
      long known = full.get();
      // Only differences of nanoTime mean anything: it may be negative, and it may overflow.
      long then = (known - now > 0 ? known : now) + refill;
      if (then - now > SECOND) {
        return false;
      }
      if (full.compareAndSet(known, then)) {
        return true;
      }
    }
  }
}
