package dev.comms.contract;

import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** One daemon thread for timers; what they start runs elsewhere. */
final class SystemTime implements Time {
  static final SystemTime INSTANCE = new SystemTime();

  private final ScheduledThreadPoolExecutor timers;

  private SystemTime() {
    timers =
        new ScheduledThreadPoolExecutor(
            1,
            work -> {
              Thread thread = new Thread(work, "comms-time");
              thread.setDaemon(true);
              return thread;
            });
    // Most timers are deadlines that never fire: without this each would stay until its hour.
    timers.setRemoveOnCancelPolicy(true);
  }

  @Override
  public long nanos() {
    return System.nanoTime();
  }

  @Override
  public Instant now() {
    return Instant.now();
  }

  @Override
  public Cancellable schedule(Duration after, Runnable what) {
    Future<?> timer = timers.schedule(what, after.toNanos(), TimeUnit.NANOSECONDS);
    return () -> timer.cancel(false);
  }

  @Override
  public <T extends @Nullable Object> T await(
      Supplier<CompletableFuture<T>> begin,
      String contract,
      Deadline deadline,
      Executor callbacks) {
    try (Waiting waiting = Waiting.begin(callbacks)) {
      CompletableFuture<T> result = begin.get();
      waiting.until(result, deadline);
      return await(result, contract, deadline);
    }
  }

  @Override
  public <T extends @Nullable Object> T await(
      CompletableFuture<T> result, String contract, Deadline deadline) {
    try {
      return result.get(Math.max(0, deadline.remaining().toNanos()), TimeUnit.NANOSECONDS);
    } catch (ExecutionException | CancellationException failure) {
      throw CommsException.of(contract, failure);
    } catch (TimeoutException late) {
      result.cancel(true);
      throw new CommsException.DeadlineExceeded(
          CommsException.Facts.of(contract)
              .effect(Effect.POSSIBLE)
              .fault(Fault.CALLER)
              .message("no answer within the deadline; raise the limit or look at the other side"));
    } catch (InterruptedException interrupted) {
      result.cancel(true);
      Thread.currentThread().interrupt();
      throw new CommsException.Cancelled(
          CommsException.Facts.of(contract)
              .effect(Effect.POSSIBLE)
              .fault(Fault.CALLER)
              .message("the waiting thread was interrupted"));
    }
  }
}
