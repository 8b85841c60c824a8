package dev.comms.testkit.history;

import dev.comms.testkit.history.Entry.Facts;
import dev.comms.testkit.history.Entry.Op;
import dev.comms.testkit.history.Entry.Type;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * {@code attempts}: no more than declared, no fewer before it is given up, and each after the
 * failure of the one before. {@code too-early}: nothing is delivered before its delay is over.
 */
final class AttemptRule implements Rule {
  /** Brokers count whole milliseconds, on a clock of their own. */
  private static final long EARLY = 20_000_000L;

  private final Verdicts verdicts;
  private final Declared declared;
  private final Map<String, Entry> deliveries = new HashMap<>();
  // When the attempt may come that has this id, redrive and number, on its process's clock.
  private final Map<String, Due> due = new HashMap<>();

  // Second and later attempts that nobody has asked for yet, of those files that were read.
  private final Map<String, Entry> unasked = new LinkedHashMap<>();

  private record Due(String process, long nanos) {}

  AttemptRule(Verdicts verdicts, Declared declared) {
    this.verdicts = verdicts;
    this.declared = declared;
  }

  @Override
  public void see(Entry entry) {
    if (entry.is(Op.SUBMIT, Type.INVOKE)) {
      due.put(name(entry.id(), "0", 1), after(entry));
    } else if (entry.op() == Op.DELIVER) {
      deliveries.put(entry.fact(Facts.DELIVERY, ""), entry);
      delivered(entry);
    } else if (entry.is(Op.SETTLE, Type.INVOKE)) {
      Entry delivery = deliveries.remove(entry.fact(Facts.DELIVERY, ""));
      if (delivery != null) {
        settled(entry, delivery);
      }
    } else if (entry.is(Op.RUN, Type.INVOKE)
        && entry.number(Facts.ATTEMPT, 1) > declared.attempts(entry)) {
      broken(entry, "is run for the " + entry.fact(Facts.ATTEMPT) + ". time");
    }
  }

  private static Due after(Entry entry) {
    long nanos = entry.nanos() + entry.number(Facts.AFTER, 0) * 1_000_000;
    return new Due(entry.process(), nanos);
  }

  private static String name(String id, String redrive, long attempt) {
    return id + "\n" + redrive + "\n" + attempt;
  }

  private void delivered(Entry entry) {
    long attempt = entry.number(Facts.ATTEMPT, 1);
    if (attempt > declared.attempts(entry)) {
      broken(entry, "is delivered as attempt " + attempt);
    }
    String name = name(entry.id(), entry.fact(Facts.REDRIVE, "0"), attempt);
    Due earliest = due.get(name);
    if (earliest == null) {
      if (attempt > 1) {
        unasked.put(name, entry);
      }
    } else if (earliest.process.equals(entry.process()) && entry.nanos() < earliest.nanos - EARLY) {
      verdicts.broken(
          "too-early",
          text(entry, "came " + (earliest.nanos - entry.nanos()) / 1_000_000 + " ms too early"));
    }
  }

  @Override
  public void end() {
    unasked.forEach(
        (name, entry) -> {
          if (!due.containsKey(name)) {
            broken(
                entry,
                "is attempt " + entry.fact(Facts.ATTEMPT) + ", and none before it asked for that,");
          }
        });
  }

  private void settled(Entry entry, Entry delivery) {
    long attempt = delivery.number(Facts.ATTEMPT, 1);
    long most = declared.attempts(entry);
    String how = entry.fact(Facts.HOW, "");
    if (how.equals("retry")) {
      if (attempt >= most) {
        broken(entry, "is to be tried again after its attempt " + attempt);
      }
      String next = name(entry.id(), delivery.fact(Facts.REDRIVE, "0"), attempt + 1);
      // A second delivery of the same attempt may ask again, for earlier or later.
      due.merge(next, after(entry), (one, other) -> one.nanos <= other.nanos ? one : other);
    } else if (how.equals("continue")) {
      due.put(name(entry.id(), delivery.fact(Facts.REDRIVE, "0"), 1), after(entry));
    } else if (how.equals("dead") && tooFew(entry, delivery, attempt < most)) {
      broken(entry, "is given up after attempt " + attempt);
    }
  }

  /** Events are tried again in place, so that their deliveries have no number of their own. */
  private static boolean tooFew(Entry entry, Entry delivery, boolean fewer) {
    return fewer
        && "attempts".equals(entry.fact(Facts.WHY))
        && delivery.fact(Facts.GROUP, "").isEmpty();
  }

  private void broken(Entry entry, String what) {
    verdicts.broken(
        "attempts", text(entry, what + " of " + declared.attempts(entry) + " declared"));
  }

  private static String text(Entry entry, String what) {
    return entry.channel() + " " + entry.id() + " " + what + ", in " + entry.place();
  }
}
