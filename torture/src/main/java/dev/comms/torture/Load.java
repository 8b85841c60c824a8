package dev.comms.torture;

import dev.comms.contract.CommsException;
import dev.comms.contract.Effect;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Those who ask: a fixed number of threads, {@code torture-load-n}, of which each asks, waits for
 * the outcome, and asks again, as fast as they are let. While operations fail only one of them goes
 * on, as good callers do. All fields are guarded by this.
 */
final class Load implements AutoCloseable {
  /** Whoever failed does not ask again at once, and waits twice as long when that fails too. */
  private static final long FIRST_WAIT_MILLIS = 500;

  private static final long LONGEST_WAIT_MILLIS = 4_000;
  private static final long JOIN_MILLIS = 5_000;
  private static final int REMEMBERED = 500;

  /** How an operation ended. */
  enum End {
    OK,
    FAILED,
    UNKNOWN
  }

  private final Rig rig;
  private final Ledger ledger;
  private final List<Thread> threads = new ArrayList<>();
  private final long[] recent = new long[REMEMBERED];
  private int granted;
  private int begun;
  private int ended;
  private int confirmed;
  private boolean failing;
  private boolean closed;
  private @Nullable Window window;
  private @Nullable RuntimeException broken;

  Load(Rig rig, Ledger ledger, int slots) {
    this.rig = rig;
    this.ledger = ledger;
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
        End end = operate(slot, number);
        ended(from, end);
        if (end != End.OK) {
          Thread.sleep(wait);
        }
        wait = end == End.OK ? FIRST_WAIT_MILLIS : Math.min(2 * wait, LONGEST_WAIT_MILLIS);
      }
    } catch (InterruptedException end) {
      Thread.currentThread().interrupt();
    } catch (RuntimeException bug) {
      broken(bug);
    }
  }

  private End operate(int slot, int number) {
    try {
      rig.operate(slot, number);
      ledger.confirmed(number);
      return End.OK;
    } catch (CommsException failed) {
      return failed.effect() == Effect.NONE ? End.FAILED : End.UNKNOWN;
    }
  }

  private synchronized void broken(RuntimeException bug) {
    broken = bug;
    notifyAll();
  }

  private synchronized int next() throws InterruptedException {
    while (!closed && (begun >= granted || (failing && begun > ended))) {
      wait();
    }
    if (closed) {
      return -1;
    }
    if (window != null) {
      window.begins();
    }
    notifyAll();
    return begun++;
  }

  private synchronized void ended(long from, End how) {
    if (how == End.OK) {
      recent[confirmed % REMEMBERED] = System.nanoTime() - from;
      confirmed++;
    }
    failing = how != End.OK;
    ended++;
    if (window != null) {
      window.ends(from, how);
    }
    notifyAll();
  }

  /** What 99 of 100 took at most, of those that succeeded lately. */
  private long usual() {
    long[] known = Arrays.copyOf(recent, Math.min(confirmed, REMEMBERED));
    Arrays.sort(known);
    return known.length == 0 ? 0 : known[(known.length - 1) * 99 / 100];
  }

  /**
   * From now on, what is under way and what begins is met by a fault.
   *
   * @param least what takes less was not delayed, nor what takes less than three times the usual
   */
  synchronized Window open(Duration least) {
    Window fresh = new Window(Math.max(least.toNanos(), 3 * usual()), begun - ended);
    window = fresh;
    return fresh;
  }

  synchronized void mended(Window open) {
    open.mended(begun - ended);
  }

  synchronized void shut() {
    window = null;
  }

  synchronized int begun() {
    return begun;
  }

  synchronized int confirmed() {
    return confirmed;
  }

  /** Waits until at least one operation is under way. */
  void awaitInFlight(Duration limit) throws InterruptedException {
    await("no operation began", limit, () -> begun > ended);
  }

  void awaitBegun(int many, Duration limit) throws InterruptedException {
    await(many + " operations did not begin", limit, () -> begun >= many);
  }

  void awaitEnded(int many, Duration limit) throws InterruptedException {
    await(many + " operations did not end", limit, () -> ended >= many);
  }

  void awaitOver(Window met, Duration limit) throws InterruptedException {
    await("what the fault met did not end", limit, met::over);
  }

  /** When the first operation succeeded from this moment on; 0 if none did in time. */
  synchronized long awaitSuccess(Window met, long moment, Duration limit)
      throws InterruptedException {
    awaited(limit, () -> met.successAfter(moment) != 0);
    return met.successAfter(moment);
  }

  private synchronized void await(String otherwise, Duration limit, BooleanSupplier what)
      throws InterruptedException {
    if (!awaited(limit, what)) {
      throw new IllegalStateException(otherwise + " within " + limit);
    }
  }

  private boolean awaited(Duration limit, BooleanSupplier what) throws InterruptedException {
    long end = System.nanoTime() + limit.toNanos();
    while (!what.getAsBoolean()) {
      if (broken != null) {
        throw new IllegalStateException("an operation failed as none may", broken);
      }
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
    try {
      for (Thread thread : threads) {
        thread.join(JOIN_MILLIS);
      }
    } catch (InterruptedException end) {
      Thread.currentThread().interrupt();
    }
  }
}
