package dev.comms.policy;

import dev.comms.contract.Time;

/**
 * How many retries and hedges one destination bears. Without it, retries keep an overload alive
 * after its cause has gone. Two bounds over the last 10 s:
 *
 * <ul>
 *   <li>all together: 20 per cent of the calls, and 10 per second besides (Finagle, Linkerd);
 *   <li>those after a sign of overload, and hedges: only while all together are below 10 per cent
 *       of the calls, or below 1 per second where that is more. At twice the capacity half of all
 *       calls fail, so that the larger bound would be used up and be a load of its own.
 * </ul>
 */
class RetryBudget {
  private static final int SECONDS = 10;
  private static final double SHARE = 0.2;
  private static final int ALWAYS = 10 * SECONDS;
  private static final double SHARE_OF_LOADED = 0.1;
  private static final int ALWAYS_OF_LOADED = SECONDS;

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

  /**
   * Charged when the retry is decided, not after its backoff: sleepers must count too.
   *
   * @param loaded whether the other side shows that it has too much to do
   */
  synchronized boolean tryRetry(boolean loaded) {
    turn();
    long made = sum(retries) + 1;
    if (made > (loaded ? Math.min(all(), ofLoaded()) : all())) {
      return false;
    }
    retries[(int) (second % SECONDS)]++;
    return true;
  }

  /** How many retries are left at this moment. */
  synchronized double left() {
    turn();
    return all() - sum(retries);
  }

  private double all() {
    return ALWAYS + SHARE * sum(calls);
  }

  private double ofLoaded() {
    return Math.max(ALWAYS_OF_LOADED, SHARE_OF_LOADED * sum(calls));
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
