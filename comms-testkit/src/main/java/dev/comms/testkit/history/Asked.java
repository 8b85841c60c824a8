package dev.comms.testkit.history;

import dev.comms.testkit.history.Entry.Facts;
import dev.comms.testkit.history.Entry.Op;
import dev.comms.testkit.history.Entry.Type;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What was asked for, by its id, and how that ended for whoever asked. {@code unanswered}: all that
 * begins has an end. {@code two-outcomes}: and only one. {@code late}: not later than its deadline
 * allows.
 */
final class Asked implements Rule {

  /** One operation. */
  static final class Ask {
    final Entry invoked;
    @Nullable Entry ended;

    Ask(Entry invoked) {
      this.invoked = invoked;
    }

    boolean was(Type type) {
      return ended != null && ended.type() == type;
    }

    /** Whether it certainly was stored. */
    boolean confirmed() {
      return was(Type.OK);
    }

    String text() {
      return invoked.channel() + " " + invoked.id() + " (" + invoked.place() + ")";
    }
  }

  private final Verdicts verdicts;
  private final long lateBy;
  private final Map<String, Ask> all = new LinkedHashMap<>();

  /**
   * @param lateBy how many nanoseconds after its deadline an operation may end
   */
  Asked(Verdicts verdicts, long lateBy) {
    this.verdicts = verdicts;
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
    Ask known = all.get(entry.id());
    if (entry.type() == Type.INVOKE) {
      if (known == null) {
        all.put(entry.id(), new Ask(entry));
      } else {
        verdicts.broken("two-outcomes", known.text() + " is asked again at " + entry.place());
      }
    } else if (known == null) {
      verdicts.broken("phantom", entry.place() + ": an end of what was never asked");
    } else if (known.ended != null) {
      verdicts.broken("two-outcomes", known.text() + " ends again at " + entry.place());
    } else {
      end(known, entry);
    }
  }

  private void end(Ask ask, Entry entry) {
    ask.ended = entry;
    long late = entry.nanos() - ask.invoked.number(Facts.DEADLINE, Long.MAX_VALUE);
    if (late > lateBy) {
      verdicts.broken("late", ask.text() + " ended " + late / 1_000_000 + " ms after its deadline");
    }
  }

  @Override
  public void end() {
    for (Ask ask : all.values()) {
      verdicts.count("asked");
      Entry ended = ask.ended;
      if (ended == null) {
        verdicts.broken("unanswered", ask.text() + " has no end");
        verdicts.count("unknown");
      } else {
        verdicts.count(
            switch (ended.type()) {
              case OK -> "confirmed";
              case FAIL -> "failed";
              default -> "unknown";
            });
      }
    }
  }
}
