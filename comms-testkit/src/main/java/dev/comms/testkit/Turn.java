package dev.comms.testkit;

import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A piece of work with a thread of its own that runs only while it is its turn: from {@link #go}
 * until it ends or waits on the clock.
 */
final class Turn {
  private static final Logger LOG = LoggerFactory.getLogger(Turn.class);

  /** How long, in real time, a turn may last. */
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  private final Turns turns;
  private final TurnExecutor owner;
  private final Runnable work;
  private final Semaphore go = new Semaphore(0);
  private final Semaphore back = new Semaphore(0);
  // Guarded by the turns.
  private boolean begun;
  private @Nullable TurnThread thread;
  private @Nullable Wait waiting;

  Turn(Turns turns, TurnExecutor owner, Runnable work) {
    this.turns = turns;
    this.owner = owner;
    this.work = work;
  }

  Runnable work() {
    return work;
  }

  Turns turns() {
    return turns;
  }

  /** Under the lock of the turns. */
  boolean begun() {
    return begun;
  }

  /** Lets it run until it ends or waits. */
  void go() {
    boolean first;
    synchronized (turns) {
      first = !begun;
      begun = true;
    }
    if (first) {
      TurnThread.run(this);
    } else {
      go.release();
    }
    try {
      if (!back.tryAcquire(PATIENCE.toMillis(), TimeUnit.MILLISECONDS)) {
        throw new IllegalStateException(stuck());
      }
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(
          owner.name() + " still runs; nobody waits for it", interrupted);
    }
  }

  private String stuck() {
    TurnThread at = thread;
    return owner.name()
        + " has run for "
        + PATIENCE
        + " of real time without an end; in a handler wait with the clock's sleep(...) or with a"
        + " blocking verb, and hold no lock that the test holds; it is at "
        + (at == null ? "no thread" : Arrays.toString(at.getStackTrace()));
  }

  /** On its thread. */
  void run(TurnThread on) {
    synchronized (turns) {
      thread = on;
    }
    on.setName(owner.name());
    try {
      work.run();
    } catch (RuntimeException | Error broken) {
      LOG.warn("{}: work threw where nobody looks; mend it", owner.name(), broken);
    } finally {
      synchronized (turns) {
        thread = null;
      }
      owner.ended(this);
    }
  }

  /** Its thread is free again, so the next turn may begin. */
  void over() {
    back.release();
  }

  /** As a thread's interrupt; one that waits on the clock goes on with it when its turn comes. */
  void interrupt() {
    Thread running;
    synchronized (turns) {
      running = thread;
    }
    if (running != null) {
      running.interrupt();
    }
  }

  /** Whether it waited on the clock and is told that it was interrupted. */
  boolean interruptWait() {
    synchronized (turns) {
      if (waiting == null) {
        return false;
      }
      waiting.interrupted = true;
      waiting.wake();
      return true;
    }
  }

  /** To be followed by {@link Wait#await()} on its thread; {@link Wait#wake()} ends that. */
  Wait prepareWait() {
    return new Wait();
  }

  /** One wait on the clock. */
  final class Wait {
    // Guarded by the turns.
    private boolean woken;
    private boolean interrupted;

    void wake() {
      synchronized (turns) {
        if (!woken) {
          woken = true;
          turns.add(Turn.this);
        }
      }
    }

    void await() throws InterruptedException {
      synchronized (turns) {
        if (Thread.interrupted()) {
          woken = true;
          turns.withdraw(Turn.this);
          throw new InterruptedException();
        }
        waiting = this;
        turns.waits(Turn.this, true);
      }
      back.release();
      go.acquireUninterruptibly();
      synchronized (turns) {
        waiting = null;
        turns.waits(Turn.this, false);
        if (interrupted) {
          throw new InterruptedException();
        }
      }
    }
  }
}
