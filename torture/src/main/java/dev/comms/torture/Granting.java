package dev.comms.torture;

import java.time.Duration;

/** Lets a phase's operations begin evenly; its thread is {@code torture-granting}. */
final class Granting extends Thread implements AutoCloseable {
  private static final long TICK_MILLIS = 10;

  private final Load load;
  private final int upTo;
  private final Duration over;

  Granting(Load load, int upTo, Duration over) {
    super("torture-granting");
    setDaemon(true);
    this.load = load;
    this.upTo = upTo;
    this.over = over;
  }

  @Override
  public void run() {
    int from = load.begun();
    long begun = System.nanoTime();
    double share = 0;
    try {
      while (share < 1) {
        Thread.sleep(TICK_MILLIS);
        share = Math.min(1, (System.nanoTime() - begun) / (double) over.toNanos());
        load.grant(from + (int) ((upTo - from) * share));
      }
    } catch (InterruptedException end) {
      Thread.currentThread().interrupt();
    }
  }

  /** Ends it, if it has not ended by itself. */
  @Override
  public void close() {
    interrupt();
  }
}
