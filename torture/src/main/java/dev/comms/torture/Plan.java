package dev.comms.torture;

import java.nio.file.Path;
import java.time.Duration;

/**
 * What is to be done.
 *
 * @param system {@code rabbit}, {@code kafka}, {@code redis} or {@code grpc}
 * @param count how many operations
 * @param faults how many faults
 * @param seed decides which faults, and in which order
 * @param lateBy how long after its deadline an operation may end
 * @param folder where the history goes
 */
record Plan(String system, int count, int faults, long seed, Duration lateBy, Path folder) {
  /** So many ask at a time. */
  static final int SLOTS = 12;

  Plan {
    if (count < faults * 100 || count > 500_000) {
      throw new IllegalArgumentException(
          "--count is "
              + count
              + " but must be at least 100 for each of the "
              + faults
              + " faults, and at most 500000; name more");
    }
    if (faults < 1 || faults > 10_000) {
      throw new IllegalArgumentException(
          "--faults is " + faults + " but must be 1 to 10000; name another number");
    }
  }

  Path history() {
    return folder.resolve("history.ndjson");
  }
}
