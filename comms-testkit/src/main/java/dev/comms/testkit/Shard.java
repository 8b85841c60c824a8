package dev.comms.testkit;

import dev.comms.spi.Envelope;
import dev.comms.spi.EventTransport.Range;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A part of a topic, in order, whose head may be trimmed. All under the broker's lock. */
final class Shard {
  private final List<Kept> log = new ArrayList<>();
  // The times of the events that are kept no longer, so that a replay can tell what it lacks.
  private final List<Instant> gone = new ArrayList<>();

  /**
   * An event as it is kept.
   *
   * @param number its place among all events of the broker
   * @param at when it was stored
   */
  record Kept(long number, Instant at, Envelope event) {}

  void append(Kept event) {
    log.add(event);
  }

  /** The offset of the oldest that is kept. */
  long base() {
    return gone.size();
  }

  /** The offset of the next that comes. */
  long end() {
    return gone.size() + (long) log.size();
  }

  Kept at(long offset) {
    return log.get((int) (offset - base()));
  }

  /** Forgets what was stored before this moment; returns how many. */
  int trim(Instant before) {
    int old = 0;
    while (old < log.size() && log.get(old).at().isBefore(before)) {
      gone.add(log.get(old).event().time());
      old++;
    }
    log.subList(0, old).clear();
    return old;
  }

  /** Where the events of this time and later begin; null means the end. */
  long from(@Nullable Instant moment) {
    if (moment == null) {
      return end();
    }
    for (int i = 0; i < log.size(); i++) {
      if (!log.get(i).event().time().isBefore(moment)) {
        return base() + i;
      }
    }
    return end();
  }

  List<Envelope> in(Range range) {
    return log.stream().map(Kept::event).filter(event -> contains(range, event.time())).toList();
  }

  long goneFrom(Range range) {
    return gone.stream().filter(time -> contains(range, time)).count();
  }

  private static boolean contains(Range range, Instant time) {
    return !time.isBefore(range.from()) && (range.to() == null || time.isBefore(range.to()));
  }
}
