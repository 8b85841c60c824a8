package dev.comms.testkit;

import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** A thread that takes turns; interrupting it while it waits on the clock keeps the order. */
final class TurnThread extends Thread {
  private static final int MOST = 2_000;
  private static final ThreadPoolExecutor POOL =
      new ThreadPoolExecutor(
          0, MOST, 5, TimeUnit.SECONDS, new SynchronousQueue<>(), TurnThread::new);

  private volatile @Nullable Turn turn;

  private TurnThread(Runnable worker) {
    super(worker, "comms-turn");
    setDaemon(true);
  }

  /** Begins a turn on a thread of its own. */
  static void run(Turn turn) {
    try {
      POOL.execute(() -> ((TurnThread) Thread.currentThread()).take(turn));
    } catch (RejectedExecutionException full) {
      throw new IllegalStateException(
          MOST + " handlers wait on the test's clock; close each TestComms after its test", full);
    }
  }

  private void take(Turn mine) {
    turn = mine;
    try {
      mine.run(this);
    } finally {
      turn = null;
      // An interrupt that came too late for this turn must not meet the next one.
      Thread.interrupted();
      setName("comms-turn");
      mine.over();
    }
  }

  /** The turn on whose thread this is called, or null. */
  static @Nullable Turn current() {
    return Thread.currentThread() instanceof TurnThread here ? here.turn : null;
  }

  @Override
  public void interrupt() {
    Turn now = turn;
    if (now == null || !now.interruptWait()) {
      super.interrupt();
    }
  }
}
