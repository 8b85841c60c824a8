package dev.comms.redis;

import dev.comms.redis.Lease.Tenure;
import dev.comms.redis.Topology.EventKeys;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** Walks once over what is pending in a group, page by page. Used by one thread. */
final class Pending {
  private final Session session;
  private final EventKeys keys;
  private final String group;
  private final Deque<String> left = new ArrayDeque<>();
  private String after = "";
  private boolean crash; // whether what is found was left by an earlier tenure
  private boolean asked;

  Pending(Session session, EventKeys keys, String group) {
    this.session = session;
    this.keys = keys;
    this.group = group;
  }

  /** Begins from the start, in a new tenure: what is pending was left by one that ended. */
  void begin() {
    again();
    crash = true;
    asked = false;
  }

  /**
   * Begins from the start, in the same tenure. Nothing counts as a crash any more: it is unknown
   * how far the walk that failed had counted, and to count too few only delivers once more.
   */
  void again() {
    crash &= !asked;
    left.clear();
    left.add(keys.redriven());
    left.add(keys.log());
    after = "";
  }

  boolean left() {
    return !left.isEmpty();
  }

  CompletableFuture<List<Object>> page(Tenure tenure, int most, Held held) {
    String stream = left.element();
    asked = true;
    return EventScripts.RECOVER.run(
        session.commands(),
        List.of(keys.lease(), stream),
        Args.of(tenure.value(), group, Topology.READER, after, most, crash ? "crash" : "")
            .andTexts(held.ids(stream)));
  }

  /** Goes on behind this page; whether it is an answer to act upon. */
  boolean took(List<Object> page) {
    if (Entry.text(page.get(0)).equals("lost")) {
      return true;
    }
    after = Entry.text(page.get(1));
    if (after.isEmpty()) {
      left.remove();
    }
    return page.size() > 2;
  }
}
