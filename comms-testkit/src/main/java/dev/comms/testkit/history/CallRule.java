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
 * {@code wrong-answer}: an answer is what a handler answered to that very request. {@code
 * ran-twice}: what must not be repeated runs at most once.
 */
final class CallRule implements Rule {
  private final Verdicts verdicts;
  private final Asked asked;
  private final long lateBy;
  private final Map<String, Integer> runs = new HashMap<>();
  private final Map<String, Set<String>> answers = new HashMap<>();

  /**
   * @param lateBy how many nanoseconds after its caller's deadline a handler may begin
   */
  CallRule(Verdicts verdicts, Asked asked, long lateBy) {
    this.verdicts = verdicts;
    this.asked = asked;
    this.lateBy = lateBy;
  }

  @Override
  public void see(Entry entry) {
    if (entry.op() != Op.RUN || !"answer".equals(entry.fact(Facts.KIND))) {
      return;
    }
    if (entry.type() == Type.INVOKE) {
      runs.merge(entry.id(), 1, Integer::sum);
      begins(entry);
    } else if (entry.type() == Type.OK) {
      answers
          .computeIfAbsent(entry.id(), fresh -> new HashSet<>())
          .add(entry.fact(Facts.ANSWER, ""));
    }
  }

  /** Where both sides are in one process, their clock is one. */
  private void begins(Entry entry) {
    Ask ask = asked.of(entry.id());
    if (ask != null
        && ask.invoked.process().equals(entry.process())
        && entry.nanos() - lateBy > ask.invoked.number(Facts.DEADLINE, Long.MAX_VALUE)) {
      verdicts.broken("late-start", ask.text() + " begins too late, in " + entry.place());
    }
  }

  @Override
  public void end() {
    for (Ask ask : asked.all()) {
      if (ask.invoked.op() == Op.CALL) {
        check(ask);
      }
    }
  }

  private void check(Ask ask) {
    Entry answered = ask.ok;
    int many = runs.getOrDefault(ask.invoked.id(), 0);
    if (many > 0) {
      verdicts.count("handled");
    }
    if (many > 1) {
      verdicts.count("duplicates", many - 1L);
      if (!Boolean.parseBoolean(ask.invoked.fact(Facts.REPEATABLE))) {
        verdicts.broken("ran-twice", ask.text() + " ran " + many + " times");
      }
    }
    if (answered != null
        && !answers
            .getOrDefault(ask.invoked.id(), Set.of())
            .contains(answered.fact(Facts.ANSWER, "none"))) {
      verdicts.broken("wrong-answer", ask.text() + " got what no handler answered to it");
    }
  }
}
