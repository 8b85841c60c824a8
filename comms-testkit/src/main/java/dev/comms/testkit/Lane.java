package dev.comms.testkit;

import dev.comms.spi.EventTransport.Start;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Where a group is in one shard, and which member reads it. A lane changes hands only when nothing
 * of it is unsettled, so nothing is delivered twice. All under the broker's lock.
 */
final class Lane {
  private final Shard shard;
  private final TreeMap<Long, Stored> again = new TreeMap<>();
  private long next;
  private long revived = Long.MIN_VALUE;
  private int unsettled;
  private @Nullable EventMember owner;
  private @Nullable EventMember heir;

  /**
   * A lane.
   *
   * @param start where it begins; a time of the past already as a moment
   */
  Lane(Shard shard, Start start) {
    this.shard = shard;
    this.next = start.equals(Start.EARLIEST) ? shard.base() : shard.from(start.at());
  }

  void assign(@Nullable EventMember member) {
    heir = member;
    if (unsettled == 0) {
      owner = heir;
    }
  }

  /** Whether this member has something to read here now. */
  boolean readyFor(EventMember member) {
    return owner == member && heir == member && (!again.isEmpty() || next < shard.end());
  }

  /** The place of what comes next among all events of the broker. */
  long number() {
    return again.isEmpty() ? shard.at(Math.max(next, shard.base())).number() : Long.MIN_VALUE;
  }

  /** How many events were trimmed before they could be read; they are passed over. */
  long passGap() {
    long gap = Math.max(0, shard.base() - next);
    next += gap;
    return gap;
  }

  Taken take() {
    unsettled++;
    var first = again.pollFirstEntry();
    if (first != null) {
      return new Taken(first.getKey(), first.getValue());
    }
    long offset = next++;
    return new Taken(offset, Stored.first(shard.at(offset).event()));
  }

  void settled() {
    unsettled--;
    assign(heir);
  }

  void putBack(long offset, Stored event) {
    again.put(offset, event);
  }

  /** Comes again from the dead letters, before what was never read. */
  void revive(Stored event) {
    again.put(revived++, event);
  }

  /** An event and its place. */
  record Taken(long offset, Stored event) {}
}
