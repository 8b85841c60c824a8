package dev.comms.testkit.history;

import dev.comms.testkit.history.Asked.Ask;
import dev.comms.testkit.history.Entry.Facts;
import dev.comms.testkit.history.Entry.Op;
import dev.comms.testkit.history.Entry.Type;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/**
 * {@code lost}: what was confirmed was handled, by every group that reads from the earliest, or
 * lies with the dead letters. {@code stuck}: nor is it with the broker still. {@code falsely-dead}:
 * and not both handled and dead. A letter may be there twice: the copy comes before the settlement.
 */
final class LossRule implements Rule {
  private final Verdicts verdicts;
  private final Asked asked;
  private final Declared declared;
  // By group and id; a task has no group.
  private final Set<String> handled = new HashSet<>();
  private final Set<String> delivered = new HashSet<>();
  private final Set<String> dead = new HashSet<>();
  private final Map<String, Long> left = new HashMap<>();

  LossRule(Verdicts verdicts, Asked asked, Declared declared) {
    this.verdicts = verdicts;
    this.asked = asked;
    this.declared = declared;
  }

  @Override
  public void see(Entry entry) {
    if (entry.is(Op.RUN, Type.OK) && !"answer".equals(entry.fact(Facts.KIND))) {
      verdicts.count(handled.add(place(entry)) ? "handled" : "duplicates");
    } else if (entry.op() == Op.DELIVER) {
      verdicts.count("delivered");
      delivered.add(place(entry));
    } else if (entry.op() == Op.DEAD) {
      verdicts.count("deadLettered");
      dead.add(place(entry));
    } else if (entry.op() == Op.LEFT) {
      left.put(entry.channel(), entry.number(Facts.COUNT, 0));
    }
  }

  private static String place(Entry entry) {
    return entry.fact(Facts.GROUP, "") + "\n" + entry.id();
  }

  @Override
  public void end() {
    for (Ask ask : asked.all()) {
      if (ask.confirmed() && ask.invoked.op() == Op.SUBMIT) {
        check(ask, "");
      } else if (ask.confirmed() && ask.invoked.op() == Op.PUBLISH) {
        declared.groups(ask.invoked.channel()).forEach(group -> check(ask, group));
      }
    }
    left.forEach(
        (channel, count) -> {
          if (count != 0) {
            verdicts.broken("stuck", channel + ": the broker still has " + count);
          }
        });
    for (String each : dead) {
      if (handled.contains(each)) {
        verdicts.broken("falsely-dead", each.replace('\n', ' ') + " was handled, and is dead");
      }
    }
  }

  private void check(Ask ask, String group) {
    String place = group + "\n" + ask.invoked.id();
    String channel = ask.invoked.channel();
    if (handled.contains(place)
        || dead.contains(place)
        || (declared.once(channel) && delivered.contains(place))) {
      return;
    }
    boolean here = left.getOrDefault(channel, 0L) > 0;
    verdicts.broken(
        here ? "stuck" : "lost",
        ask.text() + " was confirmed, and never handled" + (group.isEmpty() ? "" : " by " + group));
  }
}
