package dev.comms.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import org.openjdk.jmh.profile.GCProfiler;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.results.format.ResultFormatType;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.Options;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;
import org.openjdk.jmh.runner.options.VerboseMode;

/** {@code inner}: runs JMH. */
final class InnerCosts {
  static final Path EVIDENCE = Path.of("benchmarks/target/inner");
  private static final int ROUNDS = 3;
  private static final String QUIET = "-Dorg.slf4j.simpleLogger.defaultLogLevel=warn";

  private InnerCosts() {}

  /** All of it; and, where only the time was too long, again, since other programs may run. */
  static Report measure(boolean quick) throws IOException, RunnerException {
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
