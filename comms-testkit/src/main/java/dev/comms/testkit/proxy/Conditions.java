package dev.comms.testkit.proxy;

import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;

/** What all faults in force make of one direction; not changed once it is made. Times in ns. */
final class Conditions {
  static final long UNLIMITED = Long.MAX_VALUE;

  /** At a limited rate, one write carries what passes in so much of a second. */
  private static final long WRITES_PER_SECOND = 100;

  private static final double SECOND = 1e9;

  long delay;
  long jitter;
  long closeDelay;
  long pause;
  int maxBytes = Integer.MAX_VALUE;
  long bytesPerSecond = UNLIMITED;
  boolean blackHole;
  boolean silent;
  boolean refuse;
  final Map<Applied, Effect.End> ends = new LinkedHashMap<>();
  final Map<Applied, Effect.Corrupt> corruptions = new LinkedHashMap<>();

  private Conditions() {}

  static Conditions of(Collection<Applied> inForce, Direction towards) {
    Conditions all = new Conditions();
    for (Applied one : inForce) {
      if (one.fault().concerns(towards)) {
        one.fault().effect().on(all, one);
      }
    }
    return all;
  }

  /** At most so many bytes in one write. */
  int writeSize() {
    return bytesPerSecond == UNLIMITED
        ? maxBytes
        : (int) Math.min(maxBytes, Math.max(1, bytesPerSecond / WRITES_PER_SECOND));
  }

  /** How long so many bytes take at the rate in force. */
  long costOf(int bytes) {
    return bytesPerSecond == UNLIMITED ? 0 : (long) (bytes * SECOND / bytesPerSecond);
  }
}
