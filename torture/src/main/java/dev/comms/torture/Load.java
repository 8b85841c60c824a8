package dev.comms.torture;

import dev.comms.contract.CommsException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Those who ask: a fixed number of threads, {@code torture-load-n}, of which each asks, waits for
 * the outcome, and asks again, as fast as they are let. All fields are guarded by this.
 */
final class Load implements AutoCloseable {
  /** Whoever failed does not ask again at once, and waits twice as long when that fails too. */
  private static final long FIRST_WAIT_MILLIS = 500;

  private static final long LONGEST_WAIT_MILLIS = 4_000;

  private final Rig rig;
  private final List<Thread> threads = new ArrayList<>();
  private int granted;
  private int begun;
  private int ended;
  private int confirmed;
  private long lastOk;
  private boolean closed;
  private @Nullable Window window;

  /** What happened to the operations that a fault met. Guarded by the load. */
  static final class Window {
    private final long from = System.nanoTime();
    private final long slow;
    private int met;
    private int failed;
    private int delayed;

    private Window(long slow, int met) {
      this.slow = slow;
      this.met = met;
    }
  }

  /**
   * What a fault did to the operations.
   *
   * @param met how many were under way while it lasted
   * @param failed how many of them failed
   * @param delayed how many took much longer than usual
   */
  record Met(int met, int failed, int delayed) {}

  Load(Rig rig, int slots) {
    this.rig = rig;
    for (int i = 0; i < slots; i++) {
      int slot = i;
      Thread thread = new Thread(() -> run(slot), "torture-load-" + slot);
      thread.setDaemon(true);
      threads.add(thread);
    }
  }

  void start() {
    threads.forEach(Thread::start);
  }

  /** Lets operations begin until there are so many. */
  synchronized void grant(int upTo) {
    granted = Math.max(granted, upTo);
    notifyAll();
  }

  private void run(int slot) {
    long wait = FIRST_WAIT_MILLIS;
    try {
      for (int number = next(); number >= 0; number = next()) {
        long from = System.nanoTime();
        boolean ok = operate(slot, number);
        ended(from, ok);
        if (!ok) {
          Thread.sleep(wait);
        }
        wait = ok ? FIRST_WAIT_MILLIS : Math.min(2 * wait, LONGEST_WAIT_MILLIS);
      }
    } catch (InterruptedException end) {
      Thread.currentThread().interrupt();
    }
  }

  private boolean operate(int slot, int number) {
    try {
      rig.operate(slot, number);
      return true;
    } catch (CommsException counted) {
      return false;
    }
  }

  private synchronized int next() throws InterruptedException {
    while (!closed && begun >= granted) {
      wait();
    }
    if (closed) {
      return -1;
    }
    if (window != null) {
      window.met++;
    }
    notifyAll();
    return begun++;
  }

  private synchronized void ended(long from, boolean ok) {
    long now = System.nanoTime();
    ended++;
    if (ok) {
      confirmed++;
      lastOk = now;
    }
    Window open = window;
    if (open != null) {
      open.failed += ok ? 0 : 1;
      open.delayed += ok && now - Math.max(from, open.from) > open.slow ? 1 : 0;
    }
    notifyAll();
  }

  /** From now on, what is under way and what begins is met by a fault. */
  synchronized void open(Duration slow) {
    window = new Window(slow.toNanos(), begun - ended);
  }

  synchronized Met shut() {
    Window open = window;
    window = null;
    return open == null ? new Met(0, 0, 0) : new Met(open.met, open.failed, open.delayed);
  }

  synchronized int begun() {
    return begun;
  }

  synchronized int confirmed() {
    return confirmed;
  }

  /** Waits until at least one operation is under way. */
  synchronized boolean awaitInFlight(Duration limit) throws InterruptedException {
    return await(limit, () -> begun > ended);
  }

  synchronized boolean awaitBegun(int many, Duration limit) throws InterruptedException {
    return await(limit, () -> begun >= many);
  }

  synchronized boolean awaitEnded(int many, Duration limit) throws InterruptedException {
    return await(limit, () -> ended >= many);
  }

  /** When the first operation ended well after this moment; 0 if none did in time. */
  synchronized long awaitOkAfter(long moment, Duration limit) throws InterruptedException {
    return await(limit, () -> lastOk - moment > 0) ? lastOk : 0;
  }

  private boolean await(Duration limit, BooleanSupplier what) throws InterruptedException {
    long end = System.nanoTime() + limit.toNanos();
    while (!what.getAsBoolean()) {
      long left = end - System.nanoTime();
      if (left <= 0) {
        return false;
      }
      wait(left / 1_000_000 + 1);
    }
    return true;
  }

  @Override
  public void close() {
    synchronized (this) {
      closed = true;
      notifyAll();
    }
    threads.forEach(Thread::interrupt);
  }
}
