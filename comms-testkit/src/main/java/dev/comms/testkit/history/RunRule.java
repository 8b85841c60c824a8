package dev.comms.testkit.history;

import dev.comms.testkit.history.Entry.Facts;
import dev.comms.testkit.history.Entry.Op;
import dev.comms.testkit.history.Entry.Type;
import java.util.HashMap;
import java.util.Map;

/**
 * {@code expired-ran}: what expired is not handled. {@code late-start}: nothing begins after the
 * deadline that came with it. {@code early-ack}: nothing is settled as done before its handler has
 * done it, unless it says that it runs at most once.
 */
final class RunRule implements Rule {
  /** How far the clocks of sender and receiver may be apart. */
  private static final long SKEW_MILLIS = 2_000;

  private final Verdicts verdicts;
  private final Declared declared;
  private final Map<String, String> groups = new HashMap<>();
  // Handlers that succeeded, less settlements as done; by group and id.
  private final Map<String, Integer> spare = new HashMap<>();

  RunRule(Verdicts verdicts, Declared declared) {
    this.verdicts = verdicts;
    this.declared = declared;
  }

  @Override
  public void see(Entry entry) {
    if (entry.is(Op.RUN, Type.INVOKE)) {
      begins(entry);
    } else if (entry.is(Op.RUN, Type.OK)) {
      spare.merge(entry.fact(Facts.GROUP, "") + "\n" + entry.id(), 1, Integer::sum);
    } else if (entry.op() == Op.DELIVER) {
      groups.put(entry.fact(Facts.DELIVERY, ""), entry.fact(Facts.GROUP, ""));
    } else if (entry.is(Op.SETTLE, Type.INVOKE)) {
      String group = groups.remove(entry.fact(Facts.DELIVERY, ""));
      if ("done".equals(entry.fact(Facts.HOW))
          && !declared.once(entry.channel())
          && spare.merge(group + "\n" + entry.id(), -1, Integer::sum) < 0) {
        broken("early-ack", entry, "is settled as done before it is");
      }
    }
  }

  private void begins(Entry entry) {
    long now = entry.number(Facts.NOW, 0);
    if (now > entry.number(Facts.EXPIRES, Long.MAX_VALUE - SKEW_MILLIS) + SKEW_MILLIS) {
      broken("expired-ran", entry, "is handled though it expired");
    }
    if (entry.nanos() > entry.number(Facts.DEADLINE, Long.MAX_VALUE)) {
      broken("late-start", entry, "begins after its deadline");
    }
  }

  private void broken(String rule, Entry entry, String what) {
    verdicts.broken(
        rule, entry.channel() + " " + entry.id() + " " + what + ", in " + entry.place());
  }
}
