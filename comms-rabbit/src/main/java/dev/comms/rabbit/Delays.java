package dev.comms.rabbit;

import dev.comms.contract.CommsException;
import java.time.Duration;

/**
 * Waits as whole seconds that the delay levels can carry. Both round up: nothing comes before its
 * time.
 */
final class Delays {
  /** Sixteen levels of 1, 2, 4 ... 32,768 s together: 18 h 12 min 15 s. */
  static final long MOST_SECONDS = (1L << Topology.LEVELS) - 1;

  private Delays() {}

  /** A wait that its sender chose, to the second. */
  static long exact(String task, Duration after) {
    long seconds = seconds(after);
    if (seconds > MOST_SECONDS) {
      throw new CommsException.Misconfigured(
          task,
          "a delay of "
              + after
              + " is longer than "
              + Duration.ofSeconds(MOST_SECONDS)
              + ", the most that RabbitMQ's delay levels carry; submit it later or shorten it");
    }
    return seconds;
  }

  /**
   * A wait before another attempt: at least 1 s, of its two highest bits only, so that it costs at
   * most two moves on the broker, and at most what the levels carry.
   */
  static long forRetry(Duration after) {
    long seconds = Math.min(Math.max(1, seconds(after)), MOST_SECONDS);
    long step = Math.max(1, Long.highestOneBit(seconds) >> 1);
    long rounded = (seconds + step - 1) / step * step;
    long mostOfTwoBits = 3L << (Topology.LEVELS - 2);
    return Math.min(rounded, mostOfTwoBits);
  }

  private static long seconds(Duration after) {
    if (after.isNegative() || after.isZero()) {
      return 0;
    }
    return after.getSeconds() + (after.getNano() > 0 ? 1 : 0);
  }
}
