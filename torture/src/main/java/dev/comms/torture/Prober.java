package dev.comms.torture;

import java.time.Duration;

/**
 * Asks again and again whether the broker answers, and remembers when it did not. Its thread,
 * {@code torture-prober}, is the only one that writes; guarded by this.
 */
final class Prober implements AutoCloseable {
  private static final long USUAL_MILLIS = 100;
  private static final long FAST_MILLIS = 15;

  private final Handshake handshake;
  private final Thread thread = new Thread(this::run, "torture-prober");
  private boolean ended;
  private boolean fast;
  // Begins of probes: the latest that was answered, the first since then that was not, and the
  // first that was answered after one that was not; 0 for none.
  private long lastUp;
  private long downSince;
  private long back;
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
          wait(fast ? FAST_MILLIS : USUAL_MILLIS);
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
      back = asked;
    }
    lastUp = asked;
  }

  /** Forgets what was down until now, and asks often from now on. */
  synchronized void watch() {
    longestDown = 0;
    back = 0;
    fast = true;
    notifyAll();
  }

  /** For how long the broker did not answer, of what was watched. */
  synchronized Duration longestDown() {
    return Duration.ofNanos(longestDown);
  }

  /**
   * When the broker was back: the first answer after the last silence, or this moment if there was
   * no silence. Waits until it answers what is asked from this moment on.
   *
   * @throws IllegalStateException if it does not within the limit
   */
  synchronized long back(long mended, Duration limit) throws InterruptedException {
    long end = System.nanoTime() + limit.toNanos();
    while (lastUp == 0 || lastUp - mended < 0) {
      long left = end - System.nanoTime();
      if (left <= 0) {
        throw new IllegalStateException("the broker did not answer again within " + limit);
      }
      wait(left / 1_000_000 + 1);
    }
    fast = false;
    return back == 0 ? mended : back;
  }

  @Override
  public void close() {
    synchronized (this) {
      ended = true;
      notifyAll();
    }
  }
}
