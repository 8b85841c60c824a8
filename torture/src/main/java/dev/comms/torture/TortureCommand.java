package dev.comms.torture;

import dev.comms.testkit.brokers.BrokerUnavailable;
import dev.comms.testkit.brokers.Brokers;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code ./comms torture}. */
@Command(
    name = "torture",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    synopsisHeading = "Usage: ",
    customSynopsis =
        "./comms torture rabbit|kafka|redis|grpc [--count N] [--faults N] [--seed S] [--json]",
    header = "Load and faults together on a real broker, then the check of all that happened.",
    description = {
      "",
      "Starts a broker of its own behind a fault proxy, and services that use it; breaks the network"
          + " and the broker while they work: answers lost, connections reset and refused, latency,"
          + " kill -9, SIGSTOP, restart. Then all is mended and drained, and the recorded history is"
          + " held against the rules of ./comms check.",
      ""
    },
    footer = {
      "",
      "It is green only if every planned fault met operations and was felt by them, 95 % of the"
          + " operations were confirmed, some outcome was unknown where that must be, everything was"
          + " drained, no rule is broken, no effect happened twice and nothing was left behind.",
      "",
      "Exit code: 0 green, 1 red, 2 it could not run.",
      "",
      "Try:",
      "  ./comms torture rabbit --json",
      "  ./comms torture kafka --count 100000 --faults 20",
      "  ./comms check torture/target/rabbit-1/history.ndjson"
    })
public final class TortureCommand implements Callable<Integer> {
  private static final Duration LATE = Duration.ofSeconds(2);

  @Parameters(
      paramLabel = "SYSTEM",
      description = "rabbit (tasks), kafka (events), redis (both), grpc (calls).")
  private String system = "";

  @Option(
      names = "--count",
      paramLabel = "N",
      defaultValue = "20000",
      description = "How many operations (default: ${DEFAULT-VALUE}).")
  private int count;

  @Option(
      names = "--faults",
      paramLabel = "N",
      defaultValue = "14",
      description = "How many faults, of each kind in turn (default: ${DEFAULT-VALUE}).")
  private int faults;

  @Option(
      names = "--seed",
      paramLabel = "S",
      defaultValue = "1",
      description = "Decides the order of the faults, and jitter (default: ${DEFAULT-VALUE}).")
  private long seed;

  @Option(names = "--json", description = "The last line on stdout is one JSON object.")
  private boolean json;

  /** Made by picocli, which then sets the options. */
  public TortureCommand() {}

  @Override
  public Integer call() throws InterruptedException {
    Path folder = Path.of("torture/target/" + system + "-" + seed);
    Plan plan;
    try {
      plan = new Plan(system, count, faults, seed, LATE, folder);
      Rigs.check(system);
    } catch (IllegalArgumentException wrong) {
      return refused(wrong.getMessage() + "; see ./comms torture --help");
    }
    try (Brokers brokers = Brokers.open();
        Rig rig = Rigs.of(plan, brokers)) {
      TortureReport report = new Campaign(plan, rig, System.err::println).run();
      System.out.print(report.text());
      if (json) {
        System.out.print(report.json());
      }
      return report.ok() ? 0 : Main.RED;
    } catch (BrokerUnavailable none) {
      return refused(String.valueOf(none.getMessage()));
    }
  }

  private static int refused(String why) {
    System.err.println("comms torture: " + why);
    return Main.CANNOT;
  }
}
