package dev.comms.bench;

import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.results.RunResult;

/** The figures by case, such as {@code call/off}, less what is not comms' cost. */
final class Report {
  /** The limits of a message that is not traced; traced ones are reported only. */
  static final Figure LIMIT = new Figure(1_500, 600);

  private final Map<String, Figure> cases;

  Report(Map<String, Figure> cases) {
    this.cases = new TreeMap<>(cases);
  }

  /** What was measured several times counts at its best. */
  static Report of(Collection<RunResult> runs) {
    Map<String, Figure> baselines = new TreeMap<>();
    Map<String, Figure> whole = new TreeMap<>();
    for (RunResult run : runs) {
      String tracing = tracing(run);
      if (tracing == null) {
        baselines.put(verb(run), Figure.of(run));
      } else {
        String name = verb(run) + "/" + tracing.toLowerCase(Locale.ROOT);
        whole.merge(name, Figure.of(run), Figure::best);
      }
    }
    whole.replaceAll(
        (name, figure) ->
            figure.minus(
                Objects.requireNonNull(
                    baselines.get(name.substring(0, name.indexOf('/'))), "no baseline")));
    return new Report(whole);
  }

  private static @Nullable String tracing(RunResult run) {
    return run.getParams().getParamsKeys().contains("tracing")
        ? run.getParams().getParam("tracing")
        : null;
  }

  private static String verb(RunResult run) {
    String name = run.getParams().getBenchmark();
    return name.substring(name.lastIndexOf('.') + 1);
  }

  boolean ok() {
    return !cases.isEmpty()
        && cases.entrySet().stream()
            .filter(one -> limited(one.getKey()))
            .allMatch(one -> kept(one.getValue()));
  }

  /** Whether a limit is passed, and only in time, which other programs lengthen. */
  boolean onlySlow() {
    return !ok()
        && cases.entrySet().stream()
            .filter(one -> limited(one.getKey()))
            .allMatch(one -> one.getValue().bytes() <= LIMIT.bytes());
  }

  private static boolean limited(String name) {
    return name.endsWith("/off");
  }

  private static boolean kept(Figure figure) {
    return figure.nanos() <= LIMIT.nanos() && figure.bytes() <= LIMIT.bytes();
  }

  String text() {
    StringBuilder text = new StringBuilder();
    text.append(
        String.format(Locale.ROOT, "%-20s %8s %8s  limits%n", "verb/tracing", "ns", "bytes"));
    cases.forEach(
        (name, figure) ->
            text.append(
                String.format(
                    Locale.ROOT,
                    "%-20s %8.0f %8.0f  %s%n",
                    name,
                    figure.nanos(),
                    figure.bytes(),
                    !limited(name) ? "none" : kept(figure) ? "kept" : "PASSED")));
    text.append(
        String.format(
            Locale.ROOT,
            "limits: %.0f ns and %.0f bytes for a message that is not traced%n",
            LIMIT.nanos(),
            LIMIT.bytes()));
    return text.toString();
  }

  /** The figures of every case. */
  Map<String, Object> figures() {
    Map<String, Object> figures = new TreeMap<>();
    cases.forEach((name, figure) -> figures.put(name, figure.json()));
    return figures;
  }

  /** The limited cases as rows; the ratio is of the limit that is nearest to be passed. */
  List<Map<String, Object>> rows() {
    return cases.entrySet().stream()
        .filter(one -> limited(one.getKey()))
        .map(one -> row(one.getKey(), one.getValue()))
        .toList();
  }

  private static Map<String, Object> row(String name, Figure figure) {
    double ratio = Math.min(LIMIT.nanos() / figure.nanos(), LIMIT.bytes() / figure.bytes());
    Map<String, Object> row = new LinkedHashMap<>();
    row.put("name", "inner." + name.substring(0, name.indexOf('/')));
    row.put("ours", figure.nanos());
    row.put("other", LIMIT.nanos());
    row.put("otherName", "limit");
    row.put("unit", "ns");
    row.put("ratio", ratio);
    // The best of many iterations has no interval: other programs only ever add time.
    row.put("ciLow", ratio);
    row.put("ciHigh", ratio);
    row.put("rounds", 1);
    row.put("goal", 1.0);
    row.put("verdict", kept(figure) ? "ok" : "missed");
    row.put("ok", kept(figure));
    String all = "all default policies and meters over a transport that does nothing";
    row.put("guarantees", Map.of("ours", all, "other", "none: a limit of time and bytes"));
    row.put("bytesPerOp", figure.bytes());
    row.put("bytesPerOpOther", LIMIT.bytes());
    String jmh = "java -cp benchmarks/target/classes:benchmarks/target/lib/* org.openjdk.jmh.Main";
    row.put("cmd", Map.of("ours", jmh + " Inner -prof gc", "other", jmh + " Baseline -prof gc"));
    return row;
  }
}
