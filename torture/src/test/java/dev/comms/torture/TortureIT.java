package dev.comms.torture;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.entry;

import dev.comms.testkit.brokers.Brokers;
import dev.comms.testkit.history.HistoryCheck;
import dev.comms.testkit.history.HistoryReport;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.function.Predicate;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The short form of each campaign: under a minute; {@code ./comms torture} has the long one. */
@Tag("own-brokers")
class TortureIT {
  private static final int COUNT = 4_000;
  private static final Duration LATE = Duration.ofSeconds(5);

  @ParameterizedTest
  @CsvSource({"grpc,5,1", "redis,7,1", "rabbit,5,2", "kafka,5,2"})
  void aShortCampaignIsGreenAndItsHistoryIsWorthSomething(String system, int faults, long seed)
      throws Exception {
    Path folder = Path.of("target/short-" + system);
    Plan plan = new Plan(system, COUNT, faults, seed, LATE, folder);
    try (Brokers brokers = Brokers.open();
        Rig rig = Rigs.of(plan, brokers)) {
      TortureReport report = new Campaign(plan, rig, System.err::println).run();

      assertThat(report.wrong()).as(report.text()).isEmpty();
      assertThat(report.json()).contains("\"planned\":" + COUNT, "\"lost\":0,", "\"ok\":true");
    }
    List<String> lines = Files.readAllLines(plan.history());
    int middle = lines.size() / 2;
    assertThat(check(folder, without(lines, lines.get(middle)::equals)).broken())
        .containsKey("torn");
    List<String> swapped = new ArrayList<>(lines);
    Collections.swap(swapped, middle, middle + 1);
    assertThat(check(folder, swapped).broken()).containsKey("torn");
    assertThat(check(folder, numbered(lines)).ok()).as("numbered anew, nothing else").isTrue();
    String id = handled(lines);
    List<String> unhandled =
        without(lines, line -> line.contains(id) && line.contains("\"op\":\"run\""));
    assertThat(check(folder, numbered(unhandled)).broken())
        .as("one that was confirmed is not handled")
        .containsAnyOf(entry("lost", 1L), entry("lost", 2L), entry("wrong-answer", 1L));
  }

  /** The id of the first that succeeded. */
  private static String handled(List<String> lines) {
    String confirm =
        lines.stream()
            .filter(line -> line.matches(".*\"op\":\"(submit|publish|call)\",\"type\":\"ok\".*"))
            .filter(line -> lines.stream().anyMatch(run -> succeeded(run, id(line))))
            .findFirst()
            .orElseThrow();
    return id(confirm);
  }

  private static boolean succeeded(String line, String id) {
    return line.contains(id) && line.contains("\"op\":\"run\",\"type\":\"ok\"");
  }

  private static String id(String line) {
    return line.replaceFirst(".*\"id\":\"([^\"]*)\".*", "$1");
  }

  private static List<String> without(List<String> lines, Predicate<String> what) {
    return new ArrayList<>(lines.stream().filter(what.negate()).toList());
  }

  /** As if it had been written like this, so that only the rules can notice. */
  private static List<String> numbered(List<String> lines) {
    List<String> all = new ArrayList<>();
    for (String line : lines) {
      all.add(line.replaceFirst("\"seq\":[0-9]+", "\"seq\":" + (all.size() + 1)));
    }
    int last = all.size() - 1;
    all.set(
        last,
        all.get(last).replaceFirst("\"count\":\"[0-9]+\"", "\"count\":\"" + all.size() + "\""));
    return all;
  }

  private static HistoryReport check(Path folder, List<String> lines) throws Exception {
    return HistoryCheck.of(LATE, List.of(Files.write(folder.resolve("broken.ndjson"), lines)));
  }
}
