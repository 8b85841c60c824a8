package dev.comms.testkit;

import dev.comms.spi.Envelope;
import dev.comms.spi.EventTransport.Range;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A part of a topic, in order, whose head may be trimmed. All under the broker's lock. */
final class Shard {
  /** So many times of what is gone are known one by one. */
  static final int TIMES = 100_000;

  private final List<Kept> log = new ArrayList<>();
  // The times of the latest events that are kept no longer, so that a replay can tell what it
  // lacks.
  private final Deque<Instant> gone = new ArrayDeque<>();
  // Of those before them only their number and the latest of their times.
  private long forgotten;
  private Instant forgottenUntil = Instant.MIN;

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
    return forgotten + gone.size();
  }

  /** The offset of the next that comes. */
  long end() {
    return base() + log.size();
  }

  Kept at(long offset) {
    return log.get((int) (offset - base()));
  }

  /** Forgets what was stored before this moment; returns how many. */
  int trim(Instant before) {
    int old = 0;
    while (old < log.size() && log.get(old).at().isBefore(before)) {
      gone(log.get(old).event().time());
      old++;
    }
    log.subList(0, old).clear();
    return old;
  }

  private void gone(Instant time) {
    gone.add(time);
    if (gone.size() > TIMES) {
      Instant oldest = gone.remove();
      forgottenUntil = oldest.isAfter(forgottenUntil) ? oldest : forgottenUntil;
      forgotten++;
    }
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

  /**
   * How many of these are gone; of the long forgotten all, if any may be: a gap is never hidden.
   */
  long goneFrom(Range range) {
    long known = gone.stream().filter(time -> contains(range, time)).count();
    return forgottenUntil.isBefore(range.from()) ? known : known + forgotten;
  }

  private static boolean contains(Range range, Instant time) {
    return !time.isBefore(range.from()) && (range.to() == null || time.isBefore(range.to()));
  }
}
