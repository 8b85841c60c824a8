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
 * and not both handled and dead, nor dead though nobody decided so. A letter may be there twice:
 * the copy comes before the settlement.
 */
final class LossRule implements Rule {
  private final Verdicts verdicts;
  private final Asked asked;
  private final Declared declared;
  // By group and id; a task has no group.
  private final Set<String> handled = new HashSet<>();
  private final Set<String> givenUp = new HashSet<>();
  private final Set<String> settledAtOnce = new HashSet<>();
  private final Set<String> dead = new HashSet<>();
  private final Map<String, String> groups = new HashMap<>();
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
      groups.put(entry.fact(Facts.DELIVERY, ""), entry.fact(Facts.GROUP, ""));
    } else if (entry.is(Op.SETTLE, Type.INVOKE)) {
      settled(entry);
    } else if (entry.op() == Op.DEAD) {
      verdicts.count("deadLettered");
      dead.add(place(entry));
    } else if (entry.op() == Op.LEFT) {
      left.put(entry.channel(), entry.number(Facts.COUNT, 0));
    }
  }

  private void settled(Entry entry) {
    String place = groups.remove(entry.fact(Facts.DELIVERY, "")) + "\n" + entry.id();
    String how = entry.fact(Facts.HOW, "");
    if (how.equals("dead")) {
      givenUp.add(place);
    } else if (how.equals("done") && declared.once(entry)) {
      settledAtOnce.add(place);
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
    dead.forEach(this::checkDead);
  }

  private void checkDead(String place) {
    String text = place.replace('\n', ' ').strip();
    if (handled.contains(place)) {
      verdicts.broken("falsely-dead", text + " was handled, and is dead");
    }
    if (!givenUp.contains(place)) {
      verdicts.broken("falsely-dead", text + " is dead, and nobody gave it up");
    }
  }

  private void check(Ask ask, String group) {
    String place = group + "\n" + ask.invoked.id();
    if (handled.contains(place) || dead.contains(place) || settledAtOnce.contains(place)) {
      return;
    }
    boolean here = left.getOrDefault(ask.invoked.channel(), 0L) > 0;
    verdicts.broken(
        here ? "stuck" : "lost",
        ask.text() + " was confirmed, and never handled" + (group.isEmpty() ? "" : " by " + group));
  }
}
