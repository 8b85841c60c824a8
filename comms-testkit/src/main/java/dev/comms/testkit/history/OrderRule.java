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
 * every group: it begins before it, and it is done before it, unless it was given up. Judged on the
 * first time that each begins and succeeds, since a duplicate comes later, and within one handling
 * process, since two have no common time.
 */
final class OrderRule implements Rule {
  private final Verdicts verdicts;
  private final Asked asked;
  private final Set<String> seen = new HashSet<>();
  private final Set<String> givenUp = new HashSet<>();
  private final Map<String, String> groups = new HashMap<>();
  // The latest of those that began, and that are done, by who handles, who sent, and key.
  private final Map<String, Map<String, Ask>> latest = new HashMap<>();
  // Sent by a process whose file comes later.
  private final Map<String, Entry> unknown = new LinkedHashMap<>();

  OrderRule(Verdicts verdicts, Asked asked) {
    this.verdicts = verdicts;
    this.asked = asked;
  }

  @Override
  public void see(Entry entry) {
    if (entry.op() == Op.DELIVER) {
      groups.put(entry.fact(Facts.DELIVERY, ""), entry.fact(Facts.GROUP, ""));
    } else if (entry.is(Op.SETTLE, Type.INVOKE)) {
      String group = groups.remove(entry.fact(Facts.DELIVERY, ""));
      if ("dead".equals(entry.fact(Facts.HOW))) {
        givenUp.add(group + "\n" + entry.id());
      }
    } else if (entry.op() == Op.RUN && "handle".equals(entry.fact(Facts.KIND))) {
      handles(entry);
    }
  }

  private void handles(Entry entry) {
    String place = entry.fact(Facts.GROUP, "") + "\n" + entry.id();
    boolean counts = entry.type() == Type.INVOKE || entry.type() == Type.OK;
    if (!counts || givenUp.contains(place) || !seen.add(entry.type() + "\n" + place)) {
      return;
    }
    Ask ask = asked.of(entry.id());
    if (ask == null) {
      unknown.put(entry.type() + "\n" + place, entry);
    } else {
      check(entry, ask);
    }
  }

  private void check(Entry entry, Ask ask) {
    String key = ask.invoked.fact(Facts.KEY);
    if (key == null) {
      return;
    }
    String place =
        String.join(
            "\n",
            entry.type().name(),
            entry.process(),
            entry.fact(Facts.GROUP, ""),
            entry.channel(),
            ask.invoked.process());
    Map<String, Ask> keys = latest.computeIfAbsent(place, fresh -> new HashMap<>());
    Ask before = keys.get(key);
    if (before != null && ask.ok != null && ask.ok.seq() < before.invoked.seq()) {
      verdicts.broken(
          "order",
          ask.text()
              + " was confirmed before "
              + before.invoked.id()
              + " was begun, of the same key "
              + key
              + ", and "
              + (entry.type() == Type.OK ? "done" : "begun")
              + " after it by "
              + entry.fact(Facts.GROUP)
              + ", in "
              + entry.place());
    }
    if (before == null || before.invoked.seq() < ask.invoked.seq()) {
      keys.put(key, ask);
    }
  }

  @Override
  public void end() {
    for (Entry entry : unknown.values()) {
      Ask ask = asked.of(entry.id());
      if (ask != null) {
        check(entry, ask);
      }
    }
  }
}
