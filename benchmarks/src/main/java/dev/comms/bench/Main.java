package dev.comms.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.profile.GCProfiler;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.results.format.ResultFormatType;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.Options;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;
import org.openjdk.jmh.runner.options.VerboseMode;

/**
 * {@code ./comms bench}: runs JMH and holds the figures against their limits. Exit code 0 if they
 * are kept, 1 if one is passed, 2 if nothing could be measured.
 */
public final class Main {
  private static final Path EVIDENCE = Path.of("benchmarks/target/inner");
  private static final int ROUNDS = 3;
  private static final String QUIET = "-Dorg.slf4j.simpleLogger.defaultLogLevel=warn";
  private static final String USAGE =
      """
      usage: ./comms bench inner [--quick] [--json]

        What comms itself costs per message, besides the body and the returned future: each verb
        with all default policies and meters, over a transport that does nothing.

        --quick   one JVM for each figure instead of three, and no unsampled traces: under a minute,
                  and good enough for bytes; the full form takes 3 minutes
        --json    the last line is one JSON object
      """;

  private Main() {}

  /** See {@code --help}. */
  public static void main(String[] args) throws IOException, RunnerException {
    List<String> given = List.of(args);
    if (given.contains("--help") || given.contains("-h")) {
      System.out.print(USAGE);
      return;
    }
    String unknown = unknown(given);
    if (unknown != null) {
      System.err.println("comms: " + unknown);
      System.exit(2);
    }
    long begun = System.nanoTime();
    boolean quick = given.contains("--quick");
    Report report = measure(quick);
    long seconds = Math.round((System.nanoTime() - begun) / 1e9);
    System.out.print(
        given.contains("--json")
            ? report.json(seconds, quick, EVIDENCE.toString())
            : report.text());
    System.exit(report.ok() ? 0 : 1);
  }

  private static @Nullable String unknown(List<String> given) {
    if (given.isEmpty() || !given.get(0).equals("inner")) {
      return "bench needs to know what: ./comms bench inner";
    }
    for (String option : given.subList(1, given.size())) {
      if (!List.of("--quick", "--json").contains(option)) {
        return "unknown option '" + option + "' for bench inner; see ./comms bench --help";
      }
    }
    return null;
  }

  /** All of it; and, where only the time was too long, again, since other programs may run. */
  private static Report measure(boolean quick) throws IOException, RunnerException {
    List<Tracing> tracings =
        quick ? List.of(Tracing.OFF, Tracing.SAMPLED) : List.of(Tracing.values());
    List<RunResult> runs = new ArrayList<>(run("(Baseline|Inner)", tracings, quick, 1));
    Report report = Report.of(runs);
    for (int round = 2; round <= ROUNDS && report.onlySlow(); round++) {
      System.err.println("comms: kept in bytes, not in time: measuring again");
      runs.addAll(run("Inner", List.of(Tracing.OFF), quick, round));
      report = Report.of(runs);
    }
    return report;
  }

  private static Collection<RunResult> run(
      String classes, List<Tracing> tracings, boolean quick, int round)
      throws IOException, RunnerException {
    Files.createDirectories(EVIDENCE);
    Path evidence = EVIDENCE.resolve("round-" + round + ".json");
    System.err.println("comms: measuring, JMH's own figures go to " + evidence);
    Options options =
        new OptionsBuilder()
            .include("^dev\\.comms\\.bench\\." + classes + "\\.")
            .param("tracing", tracings.stream().map(Tracing::name).toArray(String[]::new))
            .addProfiler(GCProfiler.class)
            // -Xbatch: nothing is measured while the compiler still waits for a core.
            .jvmArgs("-Xms512m", "-Xmx512m", "-XX:+UseG1GC", "-Xbatch", QUIET)
            .shouldFailOnError(true)
            .verbosity(VerboseMode.SILENT)
            .resultFormat(ResultFormatType.JSON)
            .result(evidence.toString())
            .forks(quick ? 1 : 3)
            .warmupIterations(2)
            .warmupTime(TimeValue.milliseconds(1_200))
            // Short, so that some of them have a core to themselves on a machine that others use.
            .measurementIterations(quick ? 50 : 100)
            .measurementTime(TimeValue.milliseconds(20))
            .build();
    return new Runner(options).run();
  }
}
