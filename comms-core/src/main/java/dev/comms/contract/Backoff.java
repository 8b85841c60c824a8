package dev.comms.contract;

import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;

/**
 * How long to wait before attempt n + 1: {@code first * 2^(n-1)}, at most {@code most}, spread by
 * plus or minus 20 per cent so that many waiters do not return at once (gRFC A6).
 *
 * @param first the wait after the first failure, at least 1 ms
 * @param most the longest wait
 */
public record Backoff(Duration first, Duration most) {
  private static final double SPREAD = 0.2;

  public Backoff {
    Checks.limit("backoff", "first", first);
    Checks.limit("backoff", "most", most);
    if (first.toMillis() < 1 || most.compareTo(first) < 0) {
      throw new IllegalArgumentException(
          "backoff: first is " + first + " and most is " + most + "; need 1 ms <= first <= most");
    }
  }

  /** The wait after the failed attempt {@code attempt}, which counts from 1. */
  public Duration after(int attempt) {
    return after(attempt, ThreadLocalRandom.current().nextDouble());
  }

  /** The same, with the jitter of this clock. */
  public Duration after(int attempt, Time time) {
    return after(attempt, time.random());
  }

  private Duration after(int attempt, double random) {
    int doublings = Math.min(Math.max(attempt, 1) - 1, 30);
    double millis =
        Math.min((double) first.toMillis() * (1L << doublings), (double) most.toMillis());
    double spread = 1 + SPREAD * (2 * random - 1);
    return Duration.ofMillis(Math.max(1, Math.round(millis * spread)));
  }
}
