package dev.comms.redis;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** The events that this member has: running above, or given back and to be delivered again. */
final class Held {
  private final Map<String, Entry> running = new HashMap<>(); // guarded by this
  private final NavigableSet<Entry> returned = new TreeSet<>(Entry.IN_ORDER); // guarded by this

  synchronized void begin(Entry entry) {
    running.put(entry.place(), entry);
  }

  /** Whether it was running. */
  synchronized boolean end(Entry entry) {
    return running.remove(entry.place(), entry);
  }

  /** Whether it was running; it is delivered again, in its order. */
  synchronized boolean giveBack(Entry entry) {
    boolean was = running.remove(entry.place(), entry);
    if (was) {
      returned.add(entry);
    }
    return was;
  }

  synchronized List<Entry> again(int most) {
    List<Entry> again = new ArrayList<>();
    @Nullable Entry first = returned.pollFirst();
    while (first != null) {
      again.add(first);
      first = again.size() < most ? returned.pollFirst() : null;
    }
    return again;
  }

  synchronized boolean anyReturned() {
    return !returned.isEmpty();
  }

  synchronized void forgetReturned() {
    returned.clear();
  }

  synchronized int running() {
    return running.size();
  }

  /** Their ids in one stream. */
  synchronized Collection<String> ids(String stream) {
    List<String> ids = new ArrayList<>();
    for (Collection<Entry> some : List.of(running.values(), returned)) {
      for (Entry entry : some) {
        if (entry.stream().equals(stream)) {
          ids.add(entry.id());
        }
      }
    }
    return ids;
  }
}
