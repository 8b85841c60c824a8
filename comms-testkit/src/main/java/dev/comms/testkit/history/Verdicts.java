package dev.comms.testkit.history;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** What the rules found; of each rule the first are kept as text, and all are counted. */
final class Verdicts {
  private static final int MOST_TEXTS = 100;

  private final Map<String, Long> broken = new TreeMap<>();
  private final Map<String, Long> counts = new TreeMap<>();
  private final List<Violation> texts = new ArrayList<>();

  void broken(String rule, String text) {
    if (broken.merge(rule, 1L, Long::sum) <= MOST_TEXTS) {
      texts.add(new Violation(rule, text));
    }
  }

  void count(String what) {
    counts.merge(what, 1L, Long::sum);
  }

  void count(String what, long many) {
    counts.merge(what, many, Long::sum);
  }

  HistoryReport report() {
    return new HistoryReport(Map.copyOf(counts), Map.copyOf(broken), List.copyOf(texts));
  }
}
