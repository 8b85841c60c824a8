package dev.comms.bench.pair;

import java.util.Locale;

/** How a side is asked. */
enum Mode {
  /** One caller that waits for each answer. */
  ONE("ops/s", 1),
  /** Some callers at a time, each of which waits for its answer. */
  SOME("ops/s", 16),
  /** Many callers at a time, each of which waits for its answer. */
  MANY("ops/s", 64),
  /** One caller that keeps many operations under way. */
  ASYNC("ops/s", 1),
  /** At a fixed rate, whether or not answers come; what counts is the latency. */
  OPEN("us p99", 1);

  private final String unit;
  private final int callers;

  Mode(String unit, int callers) {
    this.unit = unit;
    this.callers = callers;
  }

  /** How many threads ask. */
  int callers() {
    return callers;
  }

  String unit() {
    return unit;
  }

  /** What counts of a round, in the mode's unit. */
  double figure(Measured round) {
    return this == OPEN ? round.p99() : round.perSecond();
  }

  /** How good ours is, 1 meaning as good as the other: more is always better. */
  double ratio(Measured ours, Measured other) {
    return this == OPEN ? figure(other) / figure(ours) : figure(ours) / figure(other);
  }

  static Mode of(String word) {
    return valueOf(word.toUpperCase(Locale.ROOT));
  }

  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}
