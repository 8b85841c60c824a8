package dev.comms;

import java.time.Duration;

/**
 * At most so many begun per second, evenly spaced. What a timer was late, up to 10 ms, is caught
 * up. Not safe for use by many threads: its lanes guard it.
 */
final class Pace {
  private static final long SLACK = Duration.ofMillis(10).toNanos();

  private final Engine engine;
  private final long interval;
  private long next;

  Pace(Engine engine, int perSecond) {
    this.engine = engine;
    this.interval = Duration.ofSeconds(1).toNanos() / perSecond;
    this.next = engine.time.nanos();
  }

  /** How long so many have to wait, in ns; if not at all, they are counted as begun. */
  long take(int many) {
    long now = engine.time.nanos();
    if (now - next > SLACK) {
      next = now - SLACK;
    }
    if (next - now > 0) {
      return next - now;
    }
    next += many * interval;
    return 0;
  }

  /** Runs something after that wait, on a callback's thread. */
  void later(long nanos, Runnable what) {
    engine.time.schedule(Duration.ofNanos(nanos), () -> engine.callbacks.execute(what));
  }
}
