package dev.comms.bench.pair;

import java.util.Locale;

/** What a row's figures say. Only {@link #OK} is fine. */
enum Verdict {
  /** The goal is within the interval or below it, and the median at it or close. */
  OK,
  /** Below the goal. */
  MISSED,
  /** Perhaps good enough in its ratio, but an operation takes more than a limit of the row. */
  COSTLY,
  /** The interval is too wide to tell: measure again on a quieter machine, or for longer. */
  INCONCLUSIVE;

  /** How far below the goal the median may be, as long as the interval reaches it. */
  private static final double SLACK = 0.05;

  /** Wider than this, an interval that reaches the goal says nothing. */
  static final double WIDEST = 0.2;

  /**
   * @param limitPassed whether any limit of the row is
   */
  static Verdict of(Ratios ratios, double goal, boolean limitPassed) {
    if (ratios.high() < goal) {
      return MISSED;
    }
    if (limitPassed) {
      return COSTLY;
    }
    if (ratios.spread() > WIDEST && ratios.low() < goal) {
      return INCONCLUSIVE;
    }
    return ratios.median() < goal - SLACK ? MISSED : OK;
  }

  /** Of raw against raw, which must be equal: the proof of the harness. */
  static Verdict ofNull(Ratios ratios) {
    if (Math.abs(ratios.median() - 1) > SLACK) {
      return MISSED;
    }
    return ratios.spread() > WIDEST ? INCONCLUSIVE : OK;
  }

  boolean ok() {
    return this == OK;
  }

  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}
