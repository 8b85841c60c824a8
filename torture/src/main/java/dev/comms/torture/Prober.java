package dev.comms.torture;

import java.time.Duration;

/**
 * Asks again and again whether the broker answers, and remembers when it did not. Its thread,
 * {@code torture-prober}, is the only one that writes; guarded by this.
 */
final class Prober implements AutoCloseable {
  private static final long BETWEEN_MILLIS = 15;

  private final Handshake handshake;
  private final Thread thread = new Thread(this::run, "torture-prober");
  private boolean ended;
  // The begin of the latest probe that was answered, and the first since that was not; 0 for none.
  private long lastUp;
  private long downSince;
  private long longestDown;

  Prober(Handshake handshake) {
    this.handshake = handshake;
    thread.setDaemon(true);
    thread.start();
  }

  private void run() {
    try {
      while (true) {
        long asked = System.nanoTime();
        boolean up = handshake.answered();
        synchronized (this) {
          if (ended) {
            return;
          }
          note(asked, up);
          notifyAll();
          wait(BETWEEN_MILLIS);
        }
      }
    } catch (InterruptedException end) {
      Thread.currentThread().interrupt();
    }
  }

  private synchronized void note(long asked, boolean up) {
    if (!up) {
      downSince = downSince == 0 ? asked : downSince;
      return;
    }
    if (downSince != 0) {
      longestDown = Math.max(longestDown, asked - downSince);
      downSince = 0;
    }
    lastUp = asked;
  }

  /** Forgets what was down until now. */
  synchronized void forget() {
    longestDown = 0;
  }

  /** For how long the broker did not answer, of what was not forgotten. */
  synchronized Duration longestDown() {
    return Duration.ofNanos(longestDown);
  }

  /**
   * When the broker answered for the first time to what was asked at this moment or later.
   *
   * @throws IllegalStateException if it does not within the limit
   */
  synchronized long answeredSince(long moment, Duration limit) throws InterruptedException {
    long end = System.nanoTime() + limit.toNanos();
    while (lastUp == 0 || lastUp - moment < 0) {
      long left = end - System.nanoTime();
      if (left <= 0) {
        throw new IllegalStateException("the broker did not answer again within " + limit);
      }
      wait(left / 1_000_000 + 1);
    }
    return lastUp;
  }

  @Override
  public void close() {
    synchronized (this) {
      ended = true;
      notifyAll();
    }
  }
}
