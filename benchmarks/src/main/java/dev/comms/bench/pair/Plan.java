package dev.comms.bench.pair;

import java.util.concurrent.TimeUnit;

/**
 * How long is measured. Many short pairs tell more than few long ones: what other programs do to a
 * pair, they then do to both of its rounds.
 *
 * @param warmups the most rounds of each side that do not count; fewer, once all is compiled
 * @param warmupMillis of one of them
 * @param fewest pairs of rounds; more are made while the interval is wide
 * @param most pairs of rounds
 * @param roundMillis of one round
 */
record Plan(int warmups, long warmupMillis, int fewest, int most, long roundMillis) {
  private static final Plan QUICK = new Plan(15, 1_000, 20, 60, 200);
  private static final Plan FULL = new Plan(30, 1_000, 60, 200, 500);

  /** An interval so narrow needs no more rounds. */
  private static final double NARROW = 0.06;

  static Plan of(boolean quick) {
    return quick ? QUICK : FULL;
  }

  long warmupNanos() {
    return TimeUnit.MILLISECONDS.toNanos(warmupMillis);
  }

  /** An open loop's round is longer: its figure is the p99 of a rate that one caller keeps up. */
  long roundNanos(Mode mode) {
    return TimeUnit.MILLISECONDS.toNanos(mode == Mode.OPEN ? 5 * roundMillis : roundMillis);
  }

  /** Whether the compiler has so little left to do that it hardly counts. */
  boolean warm(Measured last) {
    return last.compiling() < warmupMillis / 50;
  }

  /**
   * Whether it can end. This looks at the width and never at the median: to stop where the figure
   * is pleasant would choose it.
   */
  boolean enough(int pairs, Ratios so) {
    return pairs >= most || (pairs >= fewest && so.spread() <= NARROW);
  }
}
