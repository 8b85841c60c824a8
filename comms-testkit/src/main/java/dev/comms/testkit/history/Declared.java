package dev.comms.testkit.history;

import dev.comms.testkit.history.Entry.Facts;
import dev.comms.testkit.history.Entry.Op;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;

/** What the contracts promise, and who reads from the earliest event on. */
final class Declared implements Rule {
  private final Map<String, Entry> terms = new HashMap<>();
  private final Map<String, Set<String>> groups = new HashMap<>();

  @Override
  public void see(Entry entry) {
    if (entry.op() != Op.DECLARE) {
      return;
    }
    String group = entry.fact(Facts.GROUP);
    if (group == null) {
      terms.put(entry.channel(), entry);
    } else {
      groups.computeIfAbsent(entry.channel(), fresh -> new LinkedHashSet<>()).add(group);
    }
  }

  Set<String> groups(String channel) {
    return groups.getOrDefault(channel, Set.of());
  }

  long attempts(String channel) {
    Entry known = terms.get(channel);
    return known == null ? Long.MAX_VALUE : known.number(Facts.ATTEMPTS, Long.MAX_VALUE);
  }

  /** Whether it is settled before its handler begins. */
  boolean once(String channel) {
    Entry known = terms.get(channel);
    return known != null && Boolean.parseBoolean(known.fact(Facts.ONCE));
  }
}
