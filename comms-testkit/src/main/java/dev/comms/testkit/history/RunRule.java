package dev.comms.testkit.history;

import dev.comms.testkit.history.Entry.Facts;
import dev.comms.testkit.history.Entry.Op;
import dev.comms.testkit.history.Entry.Type;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/**
 * {@code expired-ran}: what expired is not handled. {@code late-start}: nothing begins after the
 * deadline that came with it. {@code early-ack}: nothing is settled as done before its handler has
 * done it, unless it says that it runs at most once; then, {@code ran-twice}, it does not run
 * again.
 */
final class RunRule implements Rule {
  /** How far the clocks of sender and receiver may be apart. */
  private static final long SKEW_MILLIS = 2_000;

  private final Verdicts verdicts;
  private final Declared declared;
  private final long lateBy;
  private final Map<String, String> groups = new HashMap<>();
  // Handlers that succeeded, less settlements as done; by group and id.
  private final Map<String, Integer> spare = new HashMap<>();
  // What may run at most once and did; what is put back from the dead may again.
  private final Set<String> ran = new HashSet<>();

  /**
   * @param lateBy how many nanoseconds after its deadline a handler may begin
   */
  RunRule(Verdicts verdicts, Declared declared, long lateBy) {
    this.verdicts = verdicts;
    this.declared = declared;
    this.lateBy = lateBy;
  }

  @Override
  public void see(Entry entry) {
    if (entry.is(Op.RUN, Type.INVOKE)) {
      begins(entry);
    } else if (entry.is(Op.RUN, Type.OK)) {
      spare.merge(place(entry), 1, Integer::sum);
    } else if (entry.op() == Op.DELIVER) {
      groups.put(entry.fact(Facts.DELIVERY, ""), entry.fact(Facts.GROUP, ""));
      if (entry.number(Facts.REDRIVE, 0) > 0) {
        ran.remove(place(entry));
      }
    } else if (entry.is(Op.SETTLE, Type.INVOKE)) {
      String group = groups.remove(entry.fact(Facts.DELIVERY, ""));
      if ("done".equals(entry.fact(Facts.HOW))
          && !declared.once(entry)
          && spare.merge(group + "\n" + entry.id(), -1, Integer::sum) < 0) {
        broken("early-ack", entry, "is settled as done before it is");
      }
    }
  }

  private static String place(Entry entry) {
    return entry.fact(Facts.GROUP, "") + "\n" + entry.id();
  }

  private void begins(Entry entry) {
    if (declared.once(entry) && !ran.add(place(entry))) {
      broken("ran-twice", entry, "runs again, and may run at most once");
    }
    long now = entry.number(Facts.NOW, 0);
    if (now > entry.number(Facts.EXPIRES, Long.MAX_VALUE - SKEW_MILLIS) + SKEW_MILLIS) {
      broken("expired-ran", entry, "is handled though it expired");
    }
    if (entry.nanos() - lateBy > entry.number(Facts.DEADLINE, Long.MAX_VALUE)) {
      broken("late-start", entry, "begins after its deadline");
    }
  }

  private void broken(String rule, Entry entry, String what) {
    verdicts.broken(
        rule, entry.channel() + " " + entry.id() + " " + what + ", in " + entry.place());
  }
}
