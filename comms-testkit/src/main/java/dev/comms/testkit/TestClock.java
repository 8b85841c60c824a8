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
import java.util.Random;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * A clock that stands still until a test turns it with {@link #advance}, or waits for something:
 * then it goes from one due moment to the next until the result is there. What comes due runs in
 * the order of its time and then of its scheduling, and sees as the present the moment at which it
 * is due.
 *
 * <p>A service with this clock has its handlers and callbacks run by the clock too: one at a time,
 * in the order in which they became ready, and never while the test's own code runs. So every run
 * is the same, and when {@link #advance}, {@link #settle} or a blocking verb returns, all that was
 * due has been done. Handlers have threads of their own and may block in verbs and in {@link
 * #sleep}. Safe for use by many threads; one turns it at a time.
 */
public final class TestClock implements Time {
  private static final Comparator<Timer> ORDER =
      Comparator.<Timer>comparingLong(timer -> timer.due).thenComparingLong(timer -> timer.number);

  /** Nobody waits so long for something that can still come. */
  private static final Duration AGE = Duration.ofDays(36_000);

  /** How often a handler that waits again is interrupted at the end. */
  private static final int LAST_TURNS = 10;

  private final Instant start;
  private final Random random;
  private final ReentrantLock turning = new ReentrantLock();
  private final Turns turns = new Turns();
  private final PriorityQueue<Timer> timers = new PriorityQueue<>(ORDER);
  private long nanos;
  private long scheduled;

  private TestClock(Instant start, long seed) {
    this.start = start;
    this.random = new Random(seed);
  }

  /** A clock that begins at 2030-01-01T00:00Z, always the same. */
  public static TestClock create() {
    return seeded(0);
  }

  /** The same, whose {@link #random()} begins with this seed. */
  static TestClock seeded(long seed) {
    return new TestClock(Instant.parse("2030-01-01T00:00:00Z"), seed);
  }

  /** A clock that begins at this moment. */
  public static TestClock startingAt(Instant moment) {
    return new TestClock(moment, 0);
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
  public synchronized double random() {
    return random.nextDouble();
  }

  @Override
  public ExecutorService executor(String name) {
    return new TurnExecutor(this, turns, name);
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

  /** How long it is since the clock began. */
  public Duration elapsed() {
    return Duration.ofNanos(nanos());
  }

  /**
   * Turns the clock, running what comes due, including what that schedules in turn; a handler that
   * waits longer goes on waiting.
   *
   * @throws IllegalArgumentException if the duration is negative
   * @throws IllegalStateException in a handler, which is to {@link #sleep} instead, or if a handler
   *     does not end within 30 s of real time
   */
  public void advance(Duration duration) {
    if (duration.isNegative()) {
      throw new IllegalArgumentException(
          "a clock cannot go back by " + duration + "; advance by zero or more");
    }
    if (turn() != null) {
      throw new IllegalStateException(
          "a handler cannot turn the clock; let it sleep(" + duration + ")");
    }
    drive(new CompletableFuture<>(), duration.toNanos());
  }

  /** Runs what is due now, and what that makes due; the clock stands still. */
  public void settle() {
    advance(Duration.ZERO);
  }

  /**
   * Waits so long on this clock: in a handler while others go on, in the test as {@link #advance}.
   *
   * @throws InterruptedException in a handler that is past its limit or whose caller has gone
   */
  public void sleep(Duration duration) throws InterruptedException {
    pass(new CompletableFuture<>(), duration);
  }

  /**
   * Waits for a result: in a handler while others go on, in the test by running what is due and
   * turning the clock as far as it takes, at most to the deadline.
   *
   * @throws IllegalStateException if nothing is scheduled that could complete it, or a handler does
   *     not end within 30 s of real time
   */
  @Override
  public <T> T await(CompletableFuture<T> result, String contract, Deadline deadline) {
    try {
      pass(result, deadline.remaining());
      if (result.isDone()) {
        return result.get();
      }
    } catch (ExecutionException | CancellationException failure) {
      throw CommsException.of(contract, failure);
    } catch (InterruptedException interrupted) {
      result.cancel(true);
      Thread.currentThread().interrupt();
      throw new CommsException.Cancelled(facts(contract, "the waiting thread was interrupted"));
    }
    result.cancel(true);
    throw new CommsException.DeadlineExceeded(
        facts(contract, "no answer within the deadline on the test's clock"));
  }

  /** Lets time pass until the result is there, or so much of it. */
  void pass(CompletableFuture<?> result, Duration most) throws InterruptedException {
    if (result.isDone() || most.isNegative()) {
      return;
    }
    Turn turn = turn();
    if (turn == null) {
      drive(result, most.toNanos());
      return;
    }
    Turn.Wait wait = turn.prepareWait();
    Cancellable timer = schedule(most, wait::wake);
    result.whenComplete((value, failure) -> wait.wake());
    try {
      wait.await();
    } finally {
      timer.cancel();
    }
  }

  /** Lets run what is ready; a handler stands back for it, a test waits for it. */
  void letOthersRun() {
    Turn turn = turn();
    if (turn == null && !turning.isHeldByCurrentThread()) {
      settle();
    } else if (turn != null) {
      Turn.Wait wait = turn.prepareWait();
      wait.wake();
      try {
        wait.await();
      } catch (InterruptedException interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  /** Ends handlers that wait still: each is interrupted until it does. */
  void close() {
    for (int i = 0; i < LAST_TURNS && turns.interruptAll(); i++) {
      settle();
    }
  }

  private @Nullable Turn turn() {
    Turn turn = TurnThread.current();
    return turn != null && turn.turns() == turns ? turn : null;
  }

  private void drive(CompletableFuture<?> result, long most) {
    turning.lock();
    try {
      long until = nanos() + most;
      turns.run();
      while (!result.isDone()) {
        Timer timer = take(until);
        if (timer == null) {
          reach(until, most);
          return;
        }
        timer.what.run();
        turns.run();
      }
    } finally {
      turning.unlock();
    }
  }

  private synchronized @Nullable Timer take(long until) {
    Timer first = timers.peek();
    if (first == null || first.due > until) {
      return null;
    }
    nanos = Math.max(nanos, first.due);
    return timers.remove();
  }

  private synchronized void reach(long moment, long most) {
    if (most > AGE.toNanos()) {
      throw new IllegalStateException(
          "nothing is scheduled that could end this wait at "
              + now()
              + "; complete the result before, or wait with a deadline");
    }
    nanos = Math.max(nanos, moment);
  }

  private static Facts facts(String contract, String message) {
    return Facts.of(contract).effect(Effect.POSSIBLE).fault(Fault.CALLER).message(message);
  }

  private record Timer(long due, long number, Runnable what) {}
}
