package dev.comms.testkit.history;

import dev.comms.testkit.history.Asked.Ask;
import dev.comms.testkit.history.Entry.Facts;
import dev.comms.testkit.history.Entry.Op;
import dev.comms.testkit.history.Entry.Type;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/**
 * {@code order}: of one key, what was confirmed before another was begun is handled before it, in
 * every group. Judged on the first time that each is handled, since a duplicate comes later, and
 * within one handling process, since two have no common time.
 */
final class OrderRule implements Rule {
  private final Verdicts verdicts;
  private final Asked asked;
  private final Set<String> begun = new HashSet<>();
  // The latest of those that were handled, by who handles, who sent, and key.
  private final Map<String, Map<String, Ask>> latest = new HashMap<>();
  private final Map<String, Entry> unknown = new LinkedHashMap<>();

  OrderRule(Verdicts verdicts, Asked asked) {
    this.verdicts = verdicts;
    this.asked = asked;
  }

  @Override
  public void see(Entry entry) {
    String key = entry.fact(Facts.KEY);
    if (key == null
        || !entry.is(Op.RUN, Type.INVOKE)
        || !"handle".equals(entry.fact(Facts.KIND))
        || !begun.add(entry.fact(Facts.GROUP, "") + "\n" + entry.id())) {
      return;
    }
    if (asked.of(entry.id()) == null) {
      // Sent by a process whose file comes later.
      unknown.put(entry.fact(Facts.GROUP, "") + "\n" + entry.id(), entry);
    } else {
      begins(entry, key);
    }
  }

  private void begins(Entry entry, String key) {
    Ask ask = asked.of(entry.id());
    if (ask == null) {
      return;
    }
    String place =
        entry.process()
            + "\n"
            + entry.fact(Facts.GROUP, "")
            + "\n"
            + entry.channel()
            + "\n"
            + ask.invoked.process();
    Map<String, Ask> keys = latest.computeIfAbsent(place, fresh -> new HashMap<>());
    Ask before = keys.get(key);
    if (before != null && ask.confirmed() && ended(ask) < before.invoked.seq()) {
      verdicts.broken(
          "order",
          ask.text()
              + " was confirmed before "
              + before.invoked.id()
              + " was begun, of the same key "
              + key
              + ", and handled after it by "
              + entry.fact(Facts.GROUP)
              + ", in "
              + entry.place());
    }
    if (before == null || before.invoked.seq() < ask.invoked.seq()) {
      keys.put(key, ask);
    }
  }

  private static long ended(Ask ask) {
    return ask.ended == null ? Long.MAX_VALUE : ask.ended.seq();
  }

  @Override
  public void end() {
    unknown.values().forEach(entry -> begins(entry, entry.fact(Facts.KEY, "")));
  }
}
