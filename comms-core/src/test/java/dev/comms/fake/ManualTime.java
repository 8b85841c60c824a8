package dev.comms.fake;

import dev.comms.contract.CommsException;
import dev.comms.contract.Deadline;
import dev.comms.contract.Time;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** A clock that a test turns; what falls due runs on the thread that turns it. */
public final class ManualTime implements Time {
  private static final Instant EPOCH = Instant.parse("2026-01-01T00:00:00Z");
  // A real monotonic clock may be negative as well.
  private static final long START = -3_000_000_000L;

  private record Timer(long due, Runnable what) {}

  // Both guarded by this.
  private final List<Timer> timers = new ArrayList<>();
  private long nanos = START;

  @Override
  public synchronized long nanos() {
    return nanos;
  }

  @Override
  public synchronized Instant now() {
    return EPOCH.plusNanos(nanos - START);
  }

  @Override
  public synchronized Cancellable schedule(Duration after, Runnable what) {
    Timer timer = new Timer(nanos + after.toNanos(), what);
    timers.add(timer);
    return () -> cancel(timer);
  }

  private synchronized void cancel(Timer timer) {
    timers.remove(timer);
  }

  /** How many timers are set. */
  public synchronized int timers() {
    return timers.size();
  }

  /** Turns the clock, and runs what falls due in its order, each at its own time. */
  public void advance(Duration by) {
    long end = nanos() + by.toNanos();
    for (Timer due = next(end); due != null; due = next(end)) {
      due.what.run();
    }
    synchronized (this) {
      nanos = end;
    }
  }

  private synchronized @Nullable Timer next(long end) {
    Timer first = timers.stream().min(Comparator.comparingLong(Timer::due)).orElse(null);
    if (first == null || first.due > end) {
      return null;
    }
    timers.remove(first);
    nanos = Math.max(nanos, first.due);
    return first;
  }

  /**
   * Waits in real time until the result is there, or this clock has been turned to the deadline.
   */
  @Override
  public <T extends @Nullable Object> T await(
      CompletableFuture<T> result, String contract, Deadline deadline) {
    CompletableFuture<T> shown = new CompletableFuture<>();
    result.whenComplete(
        (value, failure) -> {
          if (failure == null) {
            shown.complete(value);
          } else {
            shown.completeExceptionally(CommsException.of(contract, failure));
          }
        });
    Cancellable late = schedule(deadline.remaining(), () -> late(shown, result, contract));
    try {
      return Time.system().await(shown, contract, Deadline.after(Time.system(), REAL));
    } finally {
      late.cancel();
    }
  }

  private static final Duration REAL = Duration.ofSeconds(60);

  private static <T> void late(
      CompletableFuture<T> shown, CompletableFuture<T> result, String contract) {
    CommsException.Facts facts = CommsException.Facts.of(contract).message("late");
    if (shown.completeExceptionally(new CommsException.DeadlineExceeded(facts))) {
      result.cancel(true);
    }
  }
}
