package dev.comms.torture;

import java.time.Duration;

/**
 * One kind of trouble.
 *
 * @param kind its name
 * @param hold how long it lasts at least
 * @param cuts whether the broker must not answer meanwhile
 * @param unknown whether it must leave operations of which nobody knows whether they happened
 * @param begin breaks it
 * @param end mends it; only then the hold is over
 */
record Breakage(
    String kind, Duration hold, boolean cuts, boolean unknown, Runnable begin, Runnable end) {

  static Breakage cut(String kind, Duration hold, Runnable begin, Runnable end) {
    return new Breakage(kind, hold, true, false, begin, end);
  }

  static Breakage slow(String kind, Duration hold, Runnable begin, Runnable end) {
    return new Breakage(kind, hold, false, false, begin, end);
  }

  Breakage leavingUnknown() {
    return new Breakage(kind, hold, cuts, true, begin, end);
  }

  /** And this, once it is mended. */
  Breakage then(Runnable more) {
    return new Breakage(
        kind,
        hold,
        cuts,
        unknown,
        begin,
        () -> {
          end.run();
          more.run();
        });
  }
}
