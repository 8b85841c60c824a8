package dev.comms.torture;

import dev.comms.testkit.history.HistoryReport;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;

/**
 * What a campaign showed. It is green only if all that was planned took place, and every rule was
 * kept: a campaign in which less happened proves less than it says.
 *
 * @param order the faults that were planned
 * @param hits what those did that took place, in the same order
 * @param troubles what kept it from being carried through
 */
record TortureReport(
    Plan plan,
    String broker,
    HistoryReport found,
    List<Breakage> order,
    List<Hit> hits,
    List<String> troubles,
    int confirmed,
    int doubleEffects,
    boolean drained,
    Leaks leaks,
    long seconds) {
  private static final double LEAST_CONFIRMED = 0.95;

  /** Why it is red; empty if it is green. */
  List<String> wrong() {
    List<String> wrong = new ArrayList<>(troubles);
    wrong.addAll(faultsThatFailed());
    if (found.count("asked") != plan.count() || found.count("confirmed") < confirmed) {
      wrong.add("the history does not tell of all that was asked, or confirmed");
    }
    if (confirmed < plan.count() * LEAST_CONFIRMED) {
      wrong.add(confirmed + " of " + plan.count() + " were confirmed, less than 95 %");
    }
    if (!drained) {
      wrong.add("what was left was not handled in time");
    }
    hits.stream()
        .filter(hit -> hit.firstOkMs() < 0)
        .forEach(hit -> wrong.add("nothing succeeded after " + hit.kind()));
    found.broken().forEach((rule, many) -> wrong.add("rule " + rule + " is broken " + many + "x"));
    if (doubleEffects > 0) {
      wrong.add(doubleEffects + " effects happened twice");
    }
    if (!leaks.none()) {
      wrong.add("left behind: " + leaks);
    }
    return wrong;
  }

  private List<String> faultsThatFailed() {
    List<String> wrong = new ArrayList<>();
    for (int i = 0; i < order.size(); i++) {
      if (i >= hits.size()) {
        wrong.add(order.get(i).kind() + " did not take place");
      } else if (!hits.get(i).counts(order.get(i))) {
        wrong.add(order.get(i).kind() + " did not do what it must: " + hits.get(i));
      }
    }
    return wrong;
  }

  boolean ok() {
    return wrong().isEmpty();
  }

  String text() {
    StringBuilder text = new StringBuilder();
    text.append(plan.system())
        .append(": ")
        .append(broker)
        .append(", seed ")
        .append(plan.seed())
        .append(", ")
        .append(seconds)
        .append(" s\n")
        .append(found)
        .append('\n');
    wrong().forEach(one -> text.append("red: ").append(one).append('\n'));
    text.append(ok() ? "green" : "red").append("; the history is ").append(plan.history());
    return text.append('\n').toString();
  }

  private long stuck() {
    return found.broken("stuck") + found.broken("unsettled") + found.broken("unanswered");
  }

  /** One line; the values that all commands have come first. */
  String json() {
    String faults = hits.stream().map(Hit::json).collect(Collectors.joining(",", "[", "]"));
    String wrong =
        wrong().stream().map(TortureReport::quoted).collect(Collectors.joining(",", "[", "]"));
    List<Map.Entry<String, Object>> fields =
        List.of(
            Map.entry("command", quoted("torture " + plan.system())),
            Map.entry("commit", quoted(commit())),
            Map.entry("ok", ok()),
            Map.entry("seconds", seconds),
            Map.entry("seed", plan.seed()),
            Map.entry("brokers", "[" + quoted(broker) + "]"),
            Map.entry("skipped", "[]"),
            Map.entry("evidence", quoted(plan.history().toString())),
            Map.entry("planned", plan.count()),
            Map.entry("confirmed", confirmed),
            Map.entry("unknown", found.count("unknown")),
            Map.entry("handled", found.count("handled")),
            Map.entry("deadLettered", found.count("deadLettered")),
            Map.entry("lost", found.broken("lost")),
            Map.entry("phantom", found.broken("phantom")),
            Map.entry("duplicates", found.count("duplicates")),
            Map.entry("doubleEffects", doubleEffects),
            Map.entry("orderViolations", found.broken("order")),
            Map.entry("commitsBackwards", found.broken("commit-backwards")),
            Map.entry("stuck", stuck()),
            Map.entry("faults", faults),
            Map.entry("drained", drained),
            Map.entry("leaks", leaks.json()),
            Map.entry("red", wrong));
    return fields.stream()
        .map(field -> "\"" + field.getKey() + "\":" + field.getValue())
        .collect(Collectors.joining(",", "{", "}\n"));
  }

  private static String quoted(String text) {
    return "\"" + text.replace("\\", "\\\\").replace("\"", "\\\"").replace("\n", " ") + "\"";
  }

  private static String commit() {
    return Objects.requireNonNullElse(System.getenv("COMMS_COMMIT"), "unknown");
  }
}
