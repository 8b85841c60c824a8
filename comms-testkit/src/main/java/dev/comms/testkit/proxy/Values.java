package dev.comms.testkit.proxy;

import java.time.Duration;
import java.util.concurrent.TimeUnit;

/** Checks and writes the values that faults are made of. */
final class Values {
  private static final Duration LONGEST = Duration.ofDays(1);
  private static final int LAST_PORT = 65_535;

  private Values() {}

  /** In nanoseconds; the limit keeps sums of them far from an overflow. */
  static long nanos(String what, Duration time) {
    if (time.isNegative() || time.compareTo(LONGEST) > 0) {
      throw new IllegalArgumentException(
          what + " is " + time + " but must be from 0 to 1 day: give a shorter, not negative time");
    }
    return time.toNanos();
  }

  static long atLeast(long least, String what, long value) {
    if (value < least) {
      throw new IllegalArgumentException(
          what + " is " + value + " but must be " + least + " or more: give a larger number");
    }
    return value;
  }

  static double probability(String what, double value) {
    if (!(value > 0 && value <= 1)) {
      throw new IllegalArgumentException(
          what
              + " is "
              + value
              + " but must be more than 0 and at most 1: 0.01 changes one byte in a hundred");
    }
    return value;
  }

  static int port(String what, int port) {
    if (port < 1 || port > LAST_PORT) {
      throw new IllegalArgumentException(
          what + " is " + port + " but must be from 1 to 65535: give the port of a TCP server");
    }
    return port;
  }

  /** As an int, so that what is far too large is refused as such. */
  static int clamped(long value) {
    return (int) Math.max(-1, Math.min(value, Integer.MAX_VALUE));
  }

  static String time(long nanos) {
    if (nanos % TimeUnit.SECONDS.toNanos(1) == 0) {
      return TimeUnit.NANOSECONDS.toSeconds(nanos) + "s";
    }
    return nanos % TimeUnit.MILLISECONDS.toNanos(1) == 0
        ? TimeUnit.NANOSECONDS.toMillis(nanos) + "ms"
        : nanos + "ns";
  }
}
