package dev.comms.testkit.history;

import dev.comms.testkit.history.Entry.Facts;
import dev.comms.testkit.history.Entry.Op;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What the contracts promise, who reads from the earliest event on, and which processes died. */
final class Declared implements Rule {
  // By process and channel, and by channel alone: an operator may change them in one process.
  private final Map<String, Entry> terms = new HashMap<>();
  private final Map<String, Set<String>> groups = new HashMap<>();
  private final Set<String> died = new HashSet<>();

  @Override
  public void see(Entry entry) {
    if (entry.op() == Op.FAULT && Facts.DIED.equals(entry.fact(Facts.KIND))) {
      died.add(entry.id());
    }
    if (entry.op() != Op.DECLARE) {
      return;
    }
    String group = entry.fact(Facts.GROUP);
    if (group == null) {
      terms.put(entry.channel(), entry);
      terms.put(entry.process() + "\n" + entry.channel(), entry);
    } else {
      groups.computeIfAbsent(entry.channel(), fresh -> new LinkedHashSet<>()).add(group);
    }
  }

  Set<String> groups(String channel) {
    return groups.getOrDefault(channel, Set.of());
  }

  /** How many attempts there are of this by whoever wrote the entry. */
  long attempts(Entry entry) {
    Entry known = terms(entry);
    return known == null ? Long.MAX_VALUE : known.number(Facts.ATTEMPTS, Long.MAX_VALUE);
  }

  /** Whether it is settled before its handler begins. */
  boolean once(Entry entry) {
    Entry known = terms(entry);
    return known != null && Boolean.parseBoolean(known.fact(Facts.ONCE));
  }

  private @Nullable Entry terms(Entry entry) {
    return terms.getOrDefault(entry.process() + "\n" + entry.channel(), terms.get(entry.channel()));
  }

  /** Whether this process was ended before it could end its file; known at the end only. */
  boolean died(String process) {
    return died.contains(process);
  }
}
