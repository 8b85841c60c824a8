package dev.comms.testkit.history;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * What a history shows.
 *
 * @param counts how much there was: {@code asked}, {@code confirmed}, {@code failed}, {@code
 *     unknown}, {@code delivered}, {@code handled}, {@code duplicates}, {@code deadLettered}
 * @param broken how often each rule is broken; empty if none is
 * @param violations the first 100 of each rule, in words
 */
public record HistoryReport(
    Map<String, Long> counts, Map<String, Long> broken, List<Violation> violations) {

  /** Whether no rule is broken. */
  public boolean ok() {
    return broken.isEmpty();
  }

  /** How much there was of it; 0 if there was none. */
  public long count(String what) {
    return counts.getOrDefault(what, 0L);
  }

  /** How often this rule is broken; 0 if it is kept. */
  public long broken(String rule) {
    return broken.getOrDefault(rule, 0L);
  }

  /** For people: the counts, and what is wrong. */
  @Override
  public String toString() {
    String seen =
        new TreeMap<>(counts)
            .entrySet().stream()
                .map(one -> one.getKey() + " " + one.getValue())
                .collect(Collectors.joining(", "));
    String wrong = violations.stream().map(one -> "\n  " + one).collect(Collectors.joining());
    return seen + (ok() ? "; every rule is kept" : "; broken: " + new TreeMap<>(broken) + wrong);
  }
}
