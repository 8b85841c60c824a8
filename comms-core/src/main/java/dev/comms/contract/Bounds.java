package dev.comms.contract;

import java.time.Duration;

/**
 * Between which values an operator may set a contract's limit. A contract that declares none has a
 * fixed limit.
 *
 * @param least the shortest limit, more than 0
 * @param most the longest, at most 7 days
 */
public record Bounds(Duration least, Duration most) {
  public Bounds {
    Checks.limit("bounds", "least", least);
    Checks.limit("bounds", "most", most);
    if (least.compareTo(most) > 0) {
      throw new IllegalArgumentException(
          "bounds: least is " + least + " but must not be more than most, " + most);
    }
  }

  static Bounds fixed(Duration limit) {
    return new Bounds(limit, limit);
  }

  /**
   * Returns the limit if it is within.
   *
   * @throws IllegalArgumentException naming the contract, the value and the bounds
   */
  Duration check(String contract, String what, Duration limit) {
    Checks.limit(contract, what, limit);
    if (limit.compareTo(least) < 0 || limit.compareTo(most) > 0) {
      String rule =
          least.equals(most)
              ? "is fixed at " + least + "; declare bounds with adjustable(least, most)"
              : "must be " + least + " to " + most + ", as the contract declares";
      throw new IllegalArgumentException(contract + ": " + what + " is " + limit + " but " + rule);
    }
    return limit;
  }
}
