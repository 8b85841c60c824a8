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
  private final Map<String, Integer> runs = new HashMap<>();
  private final Map<String, Set<String>> answers = new HashMap<>();

  CallRule(Verdicts verdicts, Asked asked) {
    this.verdicts = verdicts;
    this.asked = asked;
  }

  @Override
  public void see(Entry entry) {
    if (entry.op() != Op.RUN || !"answer".equals(entry.fact(Facts.KIND))) {
      return;
    }
    if (entry.type() == Type.INVOKE) {
      runs.merge(entry.id(), 1, Integer::sum);
    } else if (entry.type() == Type.OK) {
      answers
          .computeIfAbsent(entry.id(), fresh -> new HashSet<>())
          .add(entry.fact(Facts.ANSWER, ""));
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
    Entry ended = ask.ended;
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
    if (ended != null
        && ended.type() == Type.OK
        && !answers
            .getOrDefault(ask.invoked.id(), Set.of())
            .contains(ended.fact(Facts.ANSWER, "none"))) {
      verdicts.broken("wrong-answer", ask.text() + " got what no handler answered to it");
    }
  }
}
