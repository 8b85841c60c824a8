package dev.comms.testkit;

import dev.comms.contract.CommsException;
import dev.comms.contract.CommsException.Facts;
import dev.comms.contract.Deadline;
import dev.comms.contract.Effect;
import dev.comms.contract.Fault;
import dev.comms.contract.Time;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.PriorityQueue;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * A clock that stands still until {@link #advance} turns it. What was scheduled runs on the thread
 * that turns it, in the order of its due time and then of its scheduling, and sees as the present
 * the moment at which it is due. Safe for use by many threads; one turns it at a time.
 */
public final class TestClock implements Time {
  private static final Comparator<Timer> ORDER =
      Comparator.<Timer>comparingLong(timer -> timer.due).thenComparingLong(timer -> timer.number);

  /** How long, in real time, somebody may wait while nobody turns the clock. */
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  private final Instant start;
  private final ReentrantLock turning = new ReentrantLock();
  private final PriorityQueue<Timer> timers = new PriorityQueue<>(ORDER);
  private long nanos;
  private long scheduled;

  private TestClock(Instant start) {
    this.start = start;
  }

  /** A clock that begins at 2030-01-01T00:00Z, always the same. */
  public static TestClock create() {
    return startingAt(Instant.parse("2030-01-01T00:00:00Z"));
  }

  /** A clock that begins at this moment. */
  public static TestClock startingAt(Instant moment) {
    return new TestClock(moment);
  }

  @Override
  public synchronized long nanos() {
    return nanos;
  }

  @Override
  public Instant now() {
    return start.plusNanos(nanos());
  }

  @Override
  public synchronized Cancellable schedule(Duration after, Runnable what) {
    long due = nanos + Math.max(0, after.toNanos());
    Timer timer = new Timer(due, scheduled++, what);
    timers.add(timer);
    return () -> cancel(timer);
  }

  private synchronized void cancel(Timer timer) {
    timers.remove(timer);
  }

  /** How many timers wait. */
  public synchronized int scheduled() {
    return timers.size();
  }

  /**
   * Turns the clock, running what comes due, including what that schedules in turn.
   *
   * @throws IllegalArgumentException if the duration is negative
   */
  public void advance(Duration duration) {
    if (duration.isNegative()) {
      throw new IllegalArgumentException(
          "a clock cannot go back by " + duration + "; advance by zero or more");
    }
    turning.lock();
    try {
      long until = nanos() + duration.toNanos();
      for (Timer timer = take(until); timer != null; timer = take(until)) {
        timer.what.run();
      }
      reach(until);
    } finally {
      turning.unlock();
    }
  }

  private synchronized @Nullable Timer take(long until) {
    Timer first = timers.peek();
    if (first == null || first.due > until) {
      return null;
    }
    reach(first.due);
    return timers.remove();
  }

  private synchronized void reach(long moment) {
    nanos = Math.max(nanos, moment);
  }

  /**
   * Runs what is due now; if that completes the result, it does not block. Otherwise it waits until
   * another thread completes the result or turns the clock past the deadline; it never turns the
   * clock itself, since a handler on another thread would lose its time. So a test on one thread
   * that needs a timer to fire uses the asynchronous form of a verb, advances, and then looks.
   *
   * @throws IllegalStateException if for 30 s of real time neither happened
   */
  @Override
  public <T> T await(CompletableFuture<T> result, String contract, Deadline deadline) {
    advance(Duration.ZERO);
    CompletableFuture<Void> passed = new CompletableFuture<>();
    Cancellable timer = schedule(deadline.remaining(), () -> passed.complete(null));
    try {
      if (!result.isDone() && !deadline.expired()) {
        CompletableFuture.anyOf(result.handle((value, failure) -> contract), passed)
            .get(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
      }
      return ended(result, contract);
    } catch (ExecutionException | CancellationException failure) {
      throw CommsException.of(contract, failure);
    } catch (TimeoutException stuck) {
      throw new IllegalStateException(stuck(contract), stuck);
    } catch (InterruptedException interrupted) {
      result.cancel(true);
      Thread.currentThread().interrupt();
      throw new CommsException.Cancelled(facts(contract, "the waiting thread was interrupted"));
    } finally {
      timer.cancel();
    }
  }

  private static <T> T ended(CompletableFuture<T> result, String contract)
      throws ExecutionException, InterruptedException {
    if (result.isDone()) {
      return result.get();
    }
    result.cancel(true);
    throw new CommsException.DeadlineExceeded(
        facts(contract, "no answer within the deadline on the test's clock"));
  }

  private String stuck(String contract) {
    return contract
        + ": nothing happened for "
        + PATIENCE
        + " of real time while the test's clock stood at "
        + now()
        + " with "
        + scheduled()
        + " timers waiting; use the asynchronous verb and advance(...) the clock";
  }

  private static Facts facts(String contract, String message) {
    return Facts.of(contract).effect(Effect.POSSIBLE).fault(Fault.CALLER).message(message);
  }

  private record Timer(long due, long number, Runnable what) {}
}
