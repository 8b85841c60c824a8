package dev.comms.torture;

import dev.comms.testkit.history.HistoryCheck;
import dev.comms.testkit.history.HistoryReport;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code ./comms check}. */
@Command(
    name = "check",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    synopsisHeading = "Usage: ",
    customSynopsis = "./comms check HISTORY... [--late-by MS] [--json]",
    header =
        "Holds recorded histories against the rules: nothing lost, invented, repeated, swapped.",
    description = {
      "",
      "A history is what dev.comms.testkit.history.History wrote, one file for each process; those"
          + " of one run are checked together. ./comms torture leaves one.",
      ""
    },
    footer = {
      "",
      "Exit code: 0 if every rule is kept, 1 if one is broken, 2 if a file cannot be read.",
      "",
      "Try:",
      "  ./comms torture grpc",
      "  ./comms check torture/target/grpc-1/history.ndjson",
      "  sed 100d torture/target/grpc-1/history.ndjson >/tmp/broken.ndjson",
      "  ./comms check /tmp/broken.ndjson"
    })
public final class CheckCommand implements Callable<Integer> {
  @Parameters(arity = "1..*", paramLabel = "HISTORY", description = "The files of one run.")
  private List<Path> files = List.of();

  @Option(
      names = "--late-by",
      paramLabel = "MS",
      defaultValue = "250",
      description = "How late an operation may end, in ms (default: ${DEFAULT-VALUE}).")
  private long lateBy;

  @Option(names = "--json", description = "The last line on stdout is one JSON object.")
  private boolean json;

  /** Made by picocli, which then sets the options. */
  public CheckCommand() {}

  @Override
  public Integer call() {
    for (Path file : files) {
      if (!Files.isReadable(file)) {
        System.err.println("comms check: " + file + " cannot be read; name a history's file");
        return Main.CANNOT;
      }
    }
    long begun = System.nanoTime();
    HistoryReport report;
    try {
      report = HistoryCheck.of(Duration.ofMillis(lateBy), files);
    } catch (UncheckedIOException failed) {
      System.err.println("comms check: " + failed.getMessage() + "; name a history's file");
      return Main.CANNOT;
    }
    System.out.println(report);
    if (json) {
      System.out.println(json(report, Math.round((System.nanoTime() - begun) / 1e9)));
    }
    return report.ok() ? 0 : Main.RED;
  }

  private String json(HistoryReport report, long seconds) {
    String commit = Objects.requireNonNullElse(System.getenv("COMMS_COMMIT"), "unknown");
    String evidence =
        files.stream()
            .map(file -> file.toString().replace("\\", "\\\\").replace("\"", "\\\""))
            .collect(Collectors.joining(" "));
    return "{\"command\":\"check\",\"commit\":\""
        + commit
        + "\",\"ok\":"
        + report.ok()
        + ",\"seconds\":"
        + seconds
        + ",\"seed\":null,\"brokers\":[],\"skipped\":[],\"evidence\":\""
        + evidence
        + "\",\"counts\":"
        + object(report.counts())
        + ",\"broken\":"
        + object(report.broken())
        + "}";
  }

  private static String object(Map<String, Long> numbers) {
    return new TreeMap<>(numbers)
        .entrySet().stream()
            .map(one -> "\"" + one.getKey() + "\":" + one.getValue())
            .collect(Collectors.joining(",", "{", "}"));
  }
}
