package dev.comms.bench.pair;

import java.util.Locale;

/** How a side is asked. */
enum Mode {
  /** One caller that waits for each answer. */
  ONE("ops/s"),
  /** One caller that keeps many operations under way. */
  ASYNC("ops/s"),
  /** At a fixed rate, whether or not answers come; what counts is the latency. */
  OPEN("us p99");

  private final String unit;

  Mode(String unit) {
    this.unit = unit;
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

  /** Whether the CPU of an operation counts too; in an open loop the pacing burns most of it. */
  boolean countsCpu() {
    return this != OPEN;
  }

  static Mode of(String word) {
    return valueOf(word.toUpperCase(Locale.ROOT));
  }

  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}
