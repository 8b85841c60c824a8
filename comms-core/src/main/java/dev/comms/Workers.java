package dev.comms;

import java.util.Objects;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * How many handlers of a task work at a time in this instance. Immutable; each method returns a
 * copy.
 *
 * @param concurrency how many work at a time, 1 to 10,000
 * @param prefetch how many more are taken from the broker, so that a handler that is done need not
 *     wait for the next, 0 to 10,000; by default a quarter of the concurrency, since what is held
 *     here is not worked by others
 * @param executor where handlers run, or null for threads of comms
 * @param perSecond how many handlings begin per second at most, evenly spaced, 1 to 1,000,000; 0
 *     for no such limit
 */
public record Workers(int concurrency, int prefetch, @Nullable Executor executor, int perSecond) {
  private static final int MOST = 10_000;

  public Workers {
    concurrency = checked("workers", concurrency);
    if (prefetch < 0 || prefetch > MOST) {
      throw new IllegalArgumentException(
          "workers: prefetch is "
              + prefetch
              + " but must be 0 to 10,000; it counts the tasks held beyond those that are worked on");
    }
    perSecond = checkedRate("workers", perSecond);
  }

  /** So many at a time. */
  public static Workers of(int concurrency) {
    return new Workers(concurrency, concurrency / 4, null, 0);
  }

  /** The same with so many tasks held beyond those that are worked on. */
  public Workers prefetch(int more) {
    return new Workers(concurrency, more, executor, perSecond);
  }

  /**
   * The same with handlers on this executor. No more than {@code concurrency} are given to it at a
   * time; what it rejects is given back to the broker after a second. It is not closed with comms.
   */
  public Workers on(Executor yours) {
    Objects.requireNonNull(yours, "workers: executor is null; leave on(...) out for own threads");
    return new Workers(concurrency, prefetch, yours, perSecond);
  }

  /** The same with at most so many handlings begun per second. */
  public Workers perSecond(int most) {
    if (most == 0) {
      throw new IllegalArgumentException(
          "workers: perSecond is 0, so nothing would be handled; pause the subscription instead");
    }
    return new Workers(concurrency, prefetch, executor, most);
  }

  static int checked(String whose, int concurrency) {
    if (concurrency < 1 || concurrency > MOST) {
      throw new IllegalArgumentException(
          whose
              + ": concurrency is "
              + concurrency
              + " but must be 1 to 10,000; it counts the handlers at work at a time in this instance");
    }
    return concurrency;
  }

  static int checkedRate(String whose, int perSecond) {
    if (perSecond < 0 || perSecond > 1_000_000) {
      throw new IllegalArgumentException(
          whose
              + ": perSecond is "
              + perSecond
              + " but must be 1 to 1,000,000; leave it out for no limit");
    }
    return perSecond;
  }
}
