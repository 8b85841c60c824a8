package dev.comms.contract;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * A thread that waits for what it began, and meanwhile runs that thing's callbacks itself: an
 * answer then wakes one thread and not two, the pool's and then this one. grpc-java's blocking
 * stubs do the same (ThreadlessExecutor).
 *
 * <p>There is room for a few pieces of work; what finds none goes to the pool, and so does all that
 * comes after the wait. Nothing is ever dropped.
 */
final class Waiting implements Executor, AutoCloseable {
  private static final ThreadLocal<@Nullable Waiting> HERE = new ThreadLocal<>();
  private static final int ROOM = 16;
  private static final Work GONE = new Work(() -> {}, null, ROOM);

  private final Thread thread = Thread.currentThread();
  private final Executor pool;
  private final @Nullable Waiting before = HERE.get();
  private final AtomicReference<@Nullable Work> latest = new AtomicReference<>();
  private boolean working; // this thread's own

  /** What was handed over, with all that came before it, that many. */
  private record Work(Runnable callback, @Nullable Work before, int number) {}

  private Waiting(Executor pool) {
    this.pool = pool;
  }

  /** From now on, what this thread begins may be called back here, until it is closed. */
  static Waiting begin(Executor pool) {
    Waiting waiting = new Waiting(pool);
    HERE.set(waiting);
    return waiting;
  }

  /** Where to call back what this thread begins now. */
  static Executor here(Executor otherwise) {
    Waiting waiting = HERE.get();
    return waiting == null || waiting.working ? otherwise : waiting;
  }

  /** Whether this thread runs a callback at this moment. */
  static boolean callsBack() {
    Waiting waiting = HERE.get();
    return waiting != null && waiting.working;
  }

  @Override
  public void execute(Runnable callback) {
    Work before;
    do {
      before = latest.get();
      if (before != null && before.number >= ROOM) {
        pool.execute(callback);
        return;
      }
    } while (!latest.compareAndSet(
        before, new Work(callback, before, before == null ? 1 : before.number + 1)));
    LockSupport.unpark(thread);
  }

  /** Runs what comes, until the result is there, the deadline has passed or it is interrupted. */
  void until(CompletableFuture<?> result, Deadline deadline) {
    if (result.isDone()) {
      return;
    }
    result.whenComplete((value, failure) -> LockSupport.unpark(thread));
    while (!result.isDone()) {
      Work all = latest.getAndSet(null);
      if (all != null) {
        inOrder(all, this::run);
        continue;
      }
      long left = deadline.remaining().toNanos();
      if (left <= 0 || thread.isInterrupted()) {
        return;
      }
      LockSupport.parkNanos(this, left);
    }
  }

  private static void inOrder(@Nullable Work last, Executor where) {
    if (last != null) {
      inOrder(last.before, where);
      where.execute(last.callback);
    }
  }

  private void run(Runnable callback) {
    working = true;
    try {
      callback.run();
    } catch (RuntimeException | Error failure) {
      // As on a thread of the pool: whoever waits here has not done it.
      thread.getUncaughtExceptionHandler().uncaughtException(thread, failure);
    } finally {
      working = false;
    }
  }

  /** What comes from now on, or was left, is the pool's. */
  @Override
  public void close() {
    if (before == null) {
      HERE.remove();
    } else {
      HERE.set(before);
    }
    inOrder(latest.getAndSet(GONE), pool);
  }
}
