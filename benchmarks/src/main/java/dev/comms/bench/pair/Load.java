package dev.comms.bench.pair;

import java.util.Arrays;
import java.util.Collections;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.HdrHistogram.ConcurrentHistogram;

/** Drives a side for one round after the other. */
final class Load implements AutoCloseable {
  /** So many operations are under way in {@link Mode#ASYNC}. */
  static final int WINDOW = 256;

  /** An open loop waits for no answer; this bounds memory only, and then latency tells it. */
  private static final int MOST_OPEN = 8_192;

  private static final int MOST_CALLERS =
      Arrays.stream(Mode.values()).mapToInt(Mode::callers).max().orElseThrow();

  private static final long LONGEST_NANOS = TimeUnit.MINUTES.toNanos(1);
  private static final long LONGEST_DRAIN_SECONDS = 30;
  private static final long SPIN_NANOS = 80_000;

  private final Side side;
  private final long handicapNanos;
  private final ConcurrentHistogram latencies = new ConcurrentHistogram(LONGEST_NANOS, 3);
  private final ConcurrentLinkedQueue<Throwable> failures = new ConcurrentLinkedQueue<>();
  private final AtomicInteger threads = new AtomicInteger();

  /** They stay from round to round: a thread that ended takes along what it has used. */
  private final ExecutorService callers = Executors.newFixedThreadPool(MOST_CALLERS, this::thread);

  Load(Side side, long handicapNanos) {
    this.side = side;
    this.handicapNanos = handicapNanos;
  }

  /**
   * One round.
   *
   * @param perSecond the rate of an open loop; the other modes do not look at it
   * @throws Exception what the first operation that failed did so with
   */
  Measured round(Mode mode, long nanos, double perSecond) throws Exception {
    latencies.reset();
    Costs before = Costs.now();
    long begun = System.nanoTime();
    switch (mode) {
      case ONE -> oneByOne(begun + nanos);
      case SOME, MANY -> together(mode.callers(), begun + nanos);
      case ASYNC -> windowed(begun + nanos);
      case OPEN -> paced(begun, nanos, perSecond);
    }
    long took = System.nanoTime() - begun;
    Throwable failure = failures.poll();
    if (failure != null) {
      throw new IllegalStateException("an operation failed: " + failure, failure);
    }
    return Measured.of(latencies, took, Costs.now().since(before));
  }

  /** Once at least. */
  private void oneByOne(long end) throws Exception {
    long before = System.nanoTime();
    do {
      burn();
      side.one();
      long now = System.nanoTime();
      record(now - before);
      before = now;
    } while (before < end);
  }

  private void together(int count, long end) throws Exception {
    Callable<Void> caller =
        () -> {
          oneByOne(end);
          return null;
        };
    for (Future<Void> each : callers.invokeAll(Collections.nCopies(count, caller))) {
      each.get();
    }
  }

  private Thread thread(Runnable work) {
    Thread thread = new Thread(work, "comms-bench-caller-" + threads.incrementAndGet());
    thread.setDaemon(true);
    return thread;
  }

  private void windowed(long end) throws Exception {
    Semaphore places = new Semaphore(WINDOW);
    long now = System.nanoTime();
    while (now < end && failures.isEmpty()) {
      begin(places, now);
      now = System.nanoTime();
    }
    drain(places, WINDOW);
  }

  /** Latency counts from when an operation was due, so a stall is felt by all it held up. */
  private void paced(long begun, long nanos, double perSecond) throws Exception {
    Semaphore places = new Semaphore(MOST_OPEN);
    double interval = 1e9 / perSecond;
    long due = begun;
    for (long number = 1; due - begun < nanos && failures.isEmpty(); number++) {
      await(due);
      begin(places, due);
      due = begun + (long) (number * interval);
    }
    drain(places, MOST_OPEN);
  }

  private void begin(Semaphore places, long from) throws Exception {
    places.acquire();
    burn();
    side.begin(
        (result, failure) -> {
          if (failure == null) {
            record(System.nanoTime() - from);
          } else {
            failures.add(failure);
          }
          places.release();
        });
  }

  private static void drain(Semaphore places, int all) throws Exception {
    if (!places.tryAcquire(all, LONGEST_DRAIN_SECONDS, TimeUnit.SECONDS)) {
      throw new TimeoutException("not all operations ended in " + LONGEST_DRAIN_SECONDS + " s");
    }
  }

  private void record(long nanos) {
    latencies.recordValue(Math.min(nanos, LONGEST_NANOS));
  }

  /** A sleep is late by up to a tenth of a millisecond, so the rest is spun. */
  private static void await(long due) {
    long left = due - System.nanoTime();
    while (left > 0) {
      if (left > SPIN_NANOS) {
        LockSupport.parkNanos(left - SPIN_NANOS);
      } else {
        Thread.onSpinWait();
      }
      left = due - System.nanoTime();
    }
  }

  @Override
  public void close() {
    callers.shutdownNow();
  }

  private void burn() {
    if (handicapNanos > 0) {
      long end = System.nanoTime() + handicapNanos;
      while (System.nanoTime() < end) {
        Thread.onSpinWait();
      }
    }
  }
}
