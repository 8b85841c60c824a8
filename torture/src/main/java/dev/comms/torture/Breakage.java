package dev.comms.torture;

import java.time.Duration;

/**
 * One kind of trouble.
 *
 * @param kind its name
 * @param hold how long it lasts at least
 * @param unknown whether it must leave operations of which nobody knows whether they happened
 * @param begin breaks it
 * @param end mends it; only then the hold is over
 */
record Breakage(String kind, Duration hold, boolean unknown, Runnable begin, Runnable end) {

  static Breakage of(String kind, Duration hold, Runnable begin, Runnable end) {
    return new Breakage(kind, hold, false, begin, end);
  }

  Breakage leavingUnknown() {
    return new Breakage(kind, hold, true, begin, end);
  }
}
