package dev.comms.redis;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/** The slots of one subscription, and whether it may deliver. One lock guards all of it. */
final class Flow {
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private final int slots;
  private final CompletableFuture<Void> drained = new CompletableFuture<>();
  private int taken;
  private boolean paused;
  private boolean draining;
  private boolean closed;

  Flow(int slots) {
    this.slots = slots;
  }

  /** Takes up to so many slots, waiting for the first at most so long; 0 if there is none. */
  int reserve(int most, Duration wait) {
    long left = wait.toNanos();
    lock.lock();
    try {
      while (left > 0 && !closed && (paused || draining || taken >= slots)) {
        left = changed.awaitNanos(left);
      }
      if (closed || paused || draining || taken >= slots) {
        return 0;
      }
      int got = Math.min(most, slots - taken);
      taken += got;
      return got;
    } catch (InterruptedException interrupted) {
      // Nobody interrupts this thread but to end it.
      close();
      return 0;
    } finally {
      lock.unlock();
    }
  }

  void release(int slotsLeft) {
    change(() -> taken -= slotsLeft);
  }

  /** Whether something new may be delivered now. */
  boolean open() {
    lock.lock();
    try {
      return !paused && !draining && !closed;
    } finally {
      lock.unlock();
    }
  }

  boolean closed() {
    lock.lock();
    try {
      return closed;
    } finally {
      lock.unlock();
    }
  }

  boolean draining() {
    lock.lock();
    try {
      return draining || closed;
    } finally {
      lock.unlock();
    }
  }

  int taken() {
    lock.lock();
    try {
      return taken;
    } finally {
      lock.unlock();
    }
  }

  /** Waits so long, or until closed. */
  void idle(Duration wait) {
    long end = System.nanoTime() + wait.toNanos();
    lock.lock();
    try {
      long left = wait.toNanos();
      while (left > 0 && !closed) {
        changed.await(left, TimeUnit.NANOSECONDS);
        left = end - System.nanoTime();
      }
    } catch (InterruptedException interrupted) {
      close();
    } finally {
      lock.unlock();
    }
  }

  void pause() {
    change(() -> paused = true);
  }

  void resume() {
    change(() -> paused = false);
  }

  /** Delivers nothing new; done when no slot is taken. */
  CompletableFuture<Void> drain() {
    change(() -> draining = true);
    return drained;
  }

  void close() {
    change(() -> closed = true);
  }

  private void change(Runnable what) {
    boolean empty;
    lock.lock();
    try {
      what.run();
      changed.signalAll();
      empty = (draining || closed) && taken == 0;
    } finally {
      lock.unlock();
    }
    if (empty) {
      drained.complete(null);
    }
  }
}
