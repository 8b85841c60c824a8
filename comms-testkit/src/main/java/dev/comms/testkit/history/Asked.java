package dev.comms.testkit.history;

import dev.comms.testkit.history.Entry.Facts;
import dev.comms.testkit.history.Entry.Op;
import dev.comms.testkit.history.Entry.Type;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What was asked for, by its id, and how that ended for whoever asked; the same id may be asked for
 * again, as after an unknown outcome. {@code unanswered}: all that begins has an end. {@code
 * two-outcomes}: and only one. {@code late}: not later than its deadline allows.
 */
final class Asked implements Rule {

  /** One message, asked for once or several times. */
  static final class Ask {
    /** The first time. */
    final Entry invoked;

    /** The first confirm or answer, if there is one. */
    @Nullable Entry ok;

    private boolean possible;
    private boolean failed;

    Ask(Entry invoked) {
      this.invoked = invoked;
    }

    boolean confirmed() {
      return ok != null;
    }

    /** Whether it certainly did not happen. */
    boolean impossible() {
      return failed && !possible && ok == null;
    }

    String text() {
      return invoked.channel() + " " + invoked.id() + " (" + invoked.place() + ")";
    }
  }

  private final Verdicts verdicts;
  private final Declared declared;
  private final long lateBy;
  private final Map<String, Ask> all = new LinkedHashMap<>();
  // What has no end yet, by process and id.
  private final Map<String, Entry> open = new HashMap<>();

  /**
   * @param lateBy how many nanoseconds after its deadline an operation may end
   */
  Asked(Verdicts verdicts, Declared declared, long lateBy) {
    this.verdicts = verdicts;
    this.declared = declared;
    this.lateBy = lateBy;
  }

  @Nullable Ask of(String id) {
    return all.get(id);
  }

  Collection<Ask> all() {
    return all.values();
  }

  @Override
  public void see(Entry entry) {
    if (entry.op() != Op.CALL && entry.op() != Op.SUBMIT && entry.op() != Op.PUBLISH) {
      return;
    }
    if (entry.type() == Type.INVOKE) {
      begins(entry);
      return;
    }
    Ask known = all.get(entry.id());
    Entry begun = open.remove(place(entry));
    if (known == null) {
      verdicts.broken("phantom", entry.place() + ": an end of what was never asked");
    } else if (begun == null) {
      verdicts.broken("two-outcomes", known.text() + " ends again at " + entry.place());
    } else {
      ends(known, begun, entry);
    }
  }

  private static String place(Entry entry) {
    return entry.process() + "\n" + entry.id();
  }

  private void begins(Entry entry) {
    verdicts.count("asked");
    Ask known = all.computeIfAbsent(entry.id(), fresh -> new Ask(entry));
    if (!known.invoked.fact(Facts.HASH, "").equals(entry.fact(Facts.HASH, ""))) {
      verdicts.broken("corrupt", known.text() + " is other bytes at " + entry.place());
    }
    if (open.put(place(entry), entry) != null) {
      verdicts.broken(
          "two-outcomes", known.text() + " is asked again before its end at " + entry.place());
    }
  }

  private void ends(Ask ask, Entry begun, Entry entry) {
    if (entry.type() == Type.OK) {
      ask.ok = ask.ok == null ? entry : ask.ok;
      verdicts.count("confirmed");
    } else if (entry.type() == Type.FAIL) {
      ask.failed = true;
      verdicts.count("failed");
    } else {
      ask.possible = true;
      verdicts.count("unknown");
    }
    long late = entry.nanos() - begun.number(Facts.DEADLINE, Long.MAX_VALUE);
    if (late > lateBy) {
      verdicts.broken("late", ask.text() + " ended " + late / 1_000_000 + " ms after its deadline");
    }
  }

  @Override
  public void end() {
    for (Entry begun : open.values()) {
      verdicts.count("unknown");
      Ask ask = all.get(begun.id());
      if (ask != null) {
        ask.possible = true;
      }
      if (!declared.died(begun.process())) {
        verdicts.broken(
            "unanswered", begun.channel() + " " + begun.id() + " has no end, " + begun.place());
      }
    }
  }
}
