package dev.comms.testkit;

import dev.comms.spi.Envelope;
import dev.comms.spi.EventTransport.Start;
import java.util.List;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Where a group is in one shard, and which member reads it. A lane changes hands only when nothing
 * of it is unsettled, so nothing is delivered twice. All under the broker's lock.
 */
final class Lane {
  private final List<Envelope> log;
  private final TreeMap<Integer, Stored> again = new TreeMap<>();
  private int next;
  private int unsettled;
  private @Nullable EventMember owner;
  private @Nullable EventMember heir;

  Lane(List<Envelope> log, Start start) {
    this.log = log;
    this.next = start == Start.EARLIEST ? 0 : log.size();
  }

  void assign(@Nullable EventMember member) {
    heir = member;
    if (unsettled == 0) {
      owner = heir;
    }
  }

  boolean readyFor(EventMember member) {
    return owner == member && heir == member && (!again.isEmpty() || next < log.size());
  }

  Taken take() {
    unsettled++;
    var first = again.pollFirstEntry();
    if (first != null) {
      return new Taken(first.getKey(), first.getValue());
    }
    int offset = next++;
    return new Taken(offset, Stored.first(log.get(offset)));
  }

  void settled() {
    unsettled--;
    assign(heir);
  }

  void putBack(int offset, Stored event) {
    again.put(offset, event);
  }

  /** An event and its place. */
  record Taken(int offset, Stored event) {}
}
