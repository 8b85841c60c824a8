package dev.comms.bench;

import java.util.Collection;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.stream.Collectors;
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

  /** One line; the values that all commands have come first. */
  String json(long seconds, boolean quick, String evidence) {
    String commit = Objects.requireNonNullElse(System.getenv("COMMS_COMMIT"), "unknown");
    String figures =
        cases.entrySet().stream()
            .map(one -> "\"" + one.getKey() + "\":" + json(one.getValue()))
            .collect(Collectors.joining(","));
    return "{\"command\":\"bench inner\",\"commit\":\""
        + commit
        + "\",\"ok\":"
        + ok()
        + ",\"seconds\":"
        + seconds
        + ",\"seed\":null,\"brokers\":[],\"skipped\":"
        + (quick ? "[\"unsampled\"]" : "[]")
        + ",\"evidence\":\""
        + evidence
        + "\",\"limits\":"
        + json(LIMIT)
        + ",\"figures\":{"
        + figures
        + "}}\n";
  }

  private static String json(Figure figure) {
    return String.format(
        Locale.ROOT, "{\"ns\":%.0f,\"bytes\":%.0f}", figure.nanos(), figure.bytes());
  }
}
