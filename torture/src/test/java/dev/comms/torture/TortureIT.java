package dev.comms.torture;

import static org.assertj.core.api.Assertions.assertThat;

import dev.comms.testkit.brokers.Brokers;
import dev.comms.testkit.history.HistoryCheck;
import dev.comms.testkit.history.HistoryReport;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
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
    List<String> fewer = new ArrayList<>(lines);
    fewer.remove(middle);
    assertThat(check(folder, fewer).broken()).containsKey("torn");
    Collections.swap(lines, middle, middle + 1);
    assertThat(check(folder, lines).broken()).containsKey("torn");
  }

  private static HistoryReport check(Path folder, List<String> lines) throws Exception {
    return HistoryCheck.of(LATE, List.of(Files.write(folder.resolve("broken.ndjson"), lines)));
  }
}
