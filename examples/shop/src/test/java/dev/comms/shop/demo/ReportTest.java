package dev.comms.shop.demo;

import static org.assertj.core.api.Assertions.assertThat;

import dev.comms.testkit.brokers.Broker;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class ReportTest {
  private final Expected expected = new Expected(1, 2, 3, 4);

  @Test
  void aRunThatDidNotGoAsPlannedSaysWhatWasExpected() {
    Report report = report(Map.of(500, 5));

    JsonNode json = JsonMapper.builder().build().readTree(report.json());
    JsonNode evidence = json.path("evidence");
    assertThat(json.path("ok").booleanValue()).isFalse();
    assertThat(evidence.path("expected").path("outOfStock").intValue()).isEqualTo(1);
    assertThat(evidence.path("unmet").get(0).stringValue())
        .isEqualTo("expected every answer 202 or 409, found also {500=5}");
    assertThat(report.table())
        .contains("NOT AS IT SHOULD BE", "expected 1 answers 409 (out of stock), found 0")
        .contains("expected 3 in the dead letters, found 0");
  }

  private Report report(Map<Integer, Integer> answers) {
    Findings findings =
        new Findings(
            5, answers, Set.of(), Map.of(), Set.of(), Map.of(), Map.of(), Map.of(), Map.of(),
            Map.of(), Map.of(), List.of(), Set.of());
    DemoBrokers brokers =
        new DemoBrokers(
            new Named("kafka"), new Named("redis"), new Named("postgresql"), null, "r", true);
    return new Report(
        new DemoOptions(5, Duration.ZERO, false, true, 1, 0),
        brokers,
        "http://127.0.0.1:1",
        Outcome.of(findings, expected),
        expected,
        findings,
        true,
        1);
  }

  private record Named(String kind) implements Broker {
    @Override
    public String version() {
      return "1";
    }

    @Override
    public String address() {
      return "127.0.0.1:1";
    }

    @Override
    public String origin() {
      return "embedded";
    }

    @Override
    public void close() {}
  }
}
