package dev.comms.policy;

import dev.comms.contract.Time;

/**
 * How many retries one destination bears: 20 per cent of its calls over the last 10 s, and 10 per
 * second besides (Finagle, Linkerd). Without it, retries keep an overload alive after its cause has
 * gone.
 */
final class RetryBudget {
  private static final int SECONDS = 10;
  private static final double SHARE = 0.2;
  private static final int ALWAYS = 10 * SECONDS;

  private final Time time;
  private final long[] calls = new long[SECONDS];
  private final long[] retries = new long[SECONDS];
  private long second;

  RetryBudget(Time time) {
    this.time = time;
    this.second = now();
  }

  synchronized void called() {
    turn();
    calls[(int) (second % SECONDS)]++;
  }

  /** Charged when the retry is decided, not after its backoff: sleepers must count too. */
  synchronized boolean tryRetry() {
    turn();
    if (sum(retries) + 1 > ALWAYS + SHARE * sum(calls)) {
      return false;
    }
    retries[(int) (second % SECONDS)]++;
    return true;
  }

  /** How many retries are left at this moment. */
  synchronized double left() {
    turn();
    return ALWAYS + SHARE * sum(calls) - sum(retries);
  }

  private void turn() {
    long now = now();
    for (long passed = Math.min(now - second, SECONDS); passed > 0; passed--) {
      int slot = (int) ((now - passed + 1) % SECONDS);
      calls[slot] = 0;
      retries[slot] = 0;
    }
    second = now;
  }

  private long now() {
    // nanoTime may be negative; a remainder must not be
    return (time.nanos() >> 1) / 500_000_000L + (1L << 33);
  }

  private static long sum(long[] slots) {
    long sum = 0;
    for (long slot : slots) {
      sum += slot;
    }
    return sum;
  }
}
