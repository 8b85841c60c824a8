package dev.comms.kafka;

import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.Map;
import java.util.OptionalLong;

/**
 * Which offsets of one partition were delivered and which of those are done. What may be committed
 * is the lowest delivered offset that is not done: offsets have gaps (compaction, transaction
 * markers), so only delivered ones count, never "the last done plus one". Not thread-safe.
 */
final class OffsetTracker {
  private final ArrayDeque<Entry> open = new ArrayDeque<>();
  private final Map<Long, Entry> byOffset = new HashMap<>();
  private long last = -1;
  private long first = -1;
  private long committable = -1;

  /**
   * Notes an offset as delivered. A second delivery of an offset that was given back changes
   * nothing.
   *
   * @param nanos when, on the clock of {@link #oldest}
   * @throws IllegalArgumentException if the offset is lower than one delivered before and not open
   */
  void delivered(long offset, long nanos) {
    if (byOffset.containsKey(offset)) {
      return;
    }
    if (offset <= last) {
      throw new IllegalArgumentException(
          "offset " + offset + " was delivered after " + last + "; a partition is read in order");
    }
    Entry entry = new Entry(offset, nanos);
    open.addLast(entry);
    byOffset.put(offset, entry);
    last = offset;
    if (committable < 0) {
      first = offset;
      committable = offset;
    }
  }

  /** Notes an offset as done; true if it was delivered and not done before. */
  boolean done(long offset) {
    Entry entry = byOffset.get(offset);
    if (entry == null || entry.done) {
      return false;
    }
    entry.done = true;
    while (!open.isEmpty() && open.peekFirst().done) {
      byOffset.remove(open.removeFirst().offset);
    }
    committable = open.isEmpty() ? last + 1 : open.peekFirst().offset;
    return true;
  }

  /** The position to commit: everything below it is done; empty before the first delivery. */
  OptionalLong watermark() {
    return committable < 0 ? OptionalLong.empty() : OptionalLong.of(committable);
  }

  /** Whether anything below the watermark was done, so that a commit would say something new. */
  boolean finished() {
    return committable > first;
  }

  /**
   * How many offsets are remembered: the unfinished, and the done ones above the lowest of them.
   */
  int size() {
    return open.size();
  }

  /** When the lowest unfinished offset was delivered, or empty. */
  OptionalLong oldest() {
    return open.isEmpty() ? OptionalLong.empty() : OptionalLong.of(open.peekFirst().nanos);
  }

  private static final class Entry {
    private final long offset;
    private final long nanos;
    private boolean done;

    private Entry(long offset, long nanos) {
      this.offset = offset;
      this.nanos = nanos;
    }
  }
}
