package dev.comms.kafka;

import java.util.List;

/**
 * What a member has at hand at one moment.
 *
 * @param partitions its partitions, each with the epoch of its assignment
 * @param waiting read and not yet handed over
 * @param unsettled handed over and not yet settled
 * @param oldestNanos when the oldest unfinished was handed over, or {@link #NONE}
 */
record DeskFacts(
    List<String> partitions,
    int waiting,
    int unsettled,
    long oldestNanos,
    boolean paused,
    boolean draining) {
  static final long NONE = Long.MIN_VALUE;

  /** How old the oldest unfinished is, in milliseconds; 0 if there is none. */
  long oldestMillis(long nowNanos) {
    return oldestNanos == NONE ? 0 : Math.max(0, (nowNanos - oldestNanos) / 1_000_000);
  }
}
