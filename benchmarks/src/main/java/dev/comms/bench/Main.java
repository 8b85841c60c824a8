package dev.comms.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.profile.GCProfiler;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.results.format.ResultFormatType;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.ChainedOptionsBuilder;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;
import org.openjdk.jmh.runner.options.VerboseMode;

/**
 * {@code ./comms bench}: runs JMH and holds the figures against their limits. Exit code 0 if they
 * are kept, 1 if one is passed, 2 if nothing could be measured.
 */
public final class Main {
  private static final Path EVIDENCE = Path.of("benchmarks/target/inner.json");
  private static final String QUIET = "-Dorg.slf4j.simpleLogger.defaultLogLevel=warn";
  private static final String USAGE =
      """
      usage: ./comms bench inner [--quick] [--json]

        What comms itself costs per message, besides the body and the returned future: each verb
        with all default policies and meters, over a transport that does nothing.

        --quick   one JVM for each figure instead of three: half a minute, and good enough for bytes
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
    Report report = Report.of(measure(given.contains("--quick")));
    long seconds = Math.round((System.nanoTime() - begun) / 1e9);
    System.out.print(
        given.contains("--json") ? report.json(seconds, EVIDENCE.toString()) : report.text());
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

  private static Collection<RunResult> measure(boolean quick) throws IOException, RunnerException {
    Files.createDirectories(EVIDENCE.getParent());
    System.err.println("comms: measuring, JMH's own figures go to " + EVIDENCE);
    ChainedOptionsBuilder options =
        new OptionsBuilder()
            .include("^dev\\.comms\\.bench\\.(Baseline|Inner)\\.")
            .addProfiler(GCProfiler.class)
            .jvmArgs("-Xms512m", "-Xmx512m", "-XX:+UseG1GC", QUIET)
            .shouldFailOnError(true)
            .verbosity(VerboseMode.SILENT)
            .resultFormat(ResultFormatType.JSON)
            .result(EVIDENCE.toString())
            .forks(quick ? 1 : 3)
            .warmupIterations(quick ? 2 : 5)
            .warmupTime(TimeValue.milliseconds(quick ? 800 : 1000))
            .measurementIterations(quick ? 3 : 5)
            .measurementTime(TimeValue.milliseconds(quick ? 300 : 1000));
    return new Runner(options.build()).run();
  }
}
