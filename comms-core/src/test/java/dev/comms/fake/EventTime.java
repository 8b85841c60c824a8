package dev.comms.fake;

import dev.comms.contract.Deadline;
import dev.comms.contract.Time;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.Random;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;

/** A clock that jumps from event to event, for simulations: one thread, one seed, no waiting. */
public final class EventTime implements Time {
  private static final Instant EPOCH = Instant.parse("2026-01-01T00:00:00Z");

  private record Timer(long due, long number, Runnable what) {}

  private final TreeSet<Timer> timers =
      new TreeSet<>(Comparator.comparingLong(Timer::due).thenComparingLong(Timer::number));
  private final Random random;
  private long nanos;
  private long number;

  public EventTime(long seed) {
    this.random = new Random(seed);
  }

  @Override
  public long nanos() {
    return nanos;
  }

  @Override
  public Instant now() {
    return EPOCH.plusNanos(nanos);
  }

  @Override
  public double random() {
    return random.nextDouble();
  }

  @Override
  public Cancellable schedule(Duration after, Runnable what) {
    Timer timer = new Timer(nanos + Math.max(0, after.toNanos()), number++, what);
    timers.add(timer);
    return () -> timers.remove(timer);
  }

  /** Runs all that is due until then. */
  public void runUntil(Duration end) {
    while (!timers.isEmpty() && timers.first().due <= end.toNanos()) {
      Timer next = timers.pollFirst();
      nanos = next.due;
      next.what.run();
    }
    nanos = end.toNanos();
  }

  @Override
  public <T> T await(CompletableFuture<T> result, String contract, Deadline deadline) {
    throw new UnsupportedOperationException("a simulation has one thread, which must not wait");
  }
}
