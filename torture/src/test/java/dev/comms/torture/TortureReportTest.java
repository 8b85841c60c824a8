package dev.comms.torture;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.comms.testkit.history.HistoryReport;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What makes a campaign red; each test takes one thing from a green one. */
class TortureReportTest {
  private static final Plan PLAN =
      new Plan("rabbit", 1_000, 2, 7, Duration.ofSeconds(1), Path.of("target/x"));
  private static final Hit FELT = new Hit("reset", 3, 1, 0, 10, 20);
  private static final Leaks NONE = new Leaks(List.of(), 0, 0);

  private static HistoryReport found(long unknown, Map<String, Long> broken) {
    return new HistoryReport(Map.of("unknown", unknown, "handled", 990L), broken, List.of());
  }

  private static TortureReport report(
      HistoryReport found,
      List<Hit> hits,
      int confirmed,
      int doubled,
      boolean drained,
      Leaks leaks) {
    return new TortureReport(
        PLAN, "rabbitmq 3.10.8", found, hits, true, confirmed, doubled, drained, leaks, 30);
  }

  private static TortureReport with(List<Hit> hits) {
    return report(found(4, Map.of()), hits, 960, 0, true, NONE);
  }

  @Test
  void allThatWasPlannedAndNoRuleBrokenIsGreen() {
    TortureReport green = with(List.of(FELT, FELT));
    assertThat(green.wrong()).isEmpty();
    assertThat(green.text()).contains("green");
    assertThat(green.json())
        .startsWith("{\"command\":\"torture rabbit\",\"commit\":")
        .contains("\"ok\":true", "\"seed\":7", "\"planned\":1000", "\"confirmed\":960")
        .contains("\"unknown\":4", "\"handled\":990", "\"red\":[]")
        .contains("\"faults\":[{\"kind\":\"reset\",\"inFlight\":3,")
        .contains("\"leaks\":{\"threads\":0,\"connections\":0,\"channels\":0}")
        .endsWith("}\n");
  }

  @Test
  void aFaultThatNobodyFeltDoesNotCount() {
    assertThat(with(List.of(FELT)).wrong()).anyMatch(why -> why.startsWith("1 of 2 faults"));
    assertThat(with(List.of(FELT, new Hit("reset", 3, 0, 0, 10, 20))).ok()).isFalse();
    assertThat(with(List.of(FELT, new Hit("reset", 0, 0, 0, 10, 20))).ok()).isFalse();
  }

  @Test
  void whatNeverSucceedsAgainIsRed() {
    assertThat(with(List.of(FELT, new Hit("reset", 3, 1, 0, 10, -1))).wrong())
        .containsExactly("nothing succeeded after reset");
  }

  @Test
  void tooFewConfirmedNoUnknownNoDrainDoubleEffectsAndLeaksAreRed() {
    List<Hit> hits = List.of(FELT, FELT);
    HistoryReport fine = found(4, Map.of());
    assertThat(report(fine, hits, 949, 0, true, NONE).wrong())
        .containsExactly("949 of 1000 were confirmed, less than 95 %");
    assertThat(report(found(0, Map.of()), hits, 960, 0, true, NONE).wrong())
        .containsExactly("no outcome was unknown, though a fault must leave some");
    assertThat(report(fine, hits, 960, 0, false, NONE).wrong())
        .containsExactly("what was left was not handled in time");
    assertThat(report(fine, hits, 960, 2, true, NONE).wrong())
        .containsExactly("2 effects happened twice");
    assertThat(report(fine, hits, 960, 0, true, new Leaks(List.of("a"), 0, 0)).ok()).isFalse();
    assertThat(report(fine, hits, 960, 0, true, new Leaks(List.of(), 1, 0)).ok()).isFalse();
  }

  @Test
  void aBrokenRuleIsRedAndIsInTheJson() {
    TortureReport red =
        report(found(4, Map.of("lost", 2L)), List.of(FELT, FELT), 960, 0, true, NONE);
    assertThat(red.wrong()).containsExactly("rule lost is broken 2x");
    assertThat(red.json()).contains("\"lost\":2", "\"ok\":false");
  }

  @Test
  void aPlanThatCannotBeIsRefusedWithItsValueAndItsRule() {
    assertThatExceptionOfType(IllegalArgumentException.class)
        .isThrownBy(() -> new Plan("grpc", 199, 2, 1, Duration.ZERO, Path.of("x")))
        .withMessageContainingAll("--count is 199", "at least 100 for each of the 2 faults");
    assertThatExceptionOfType(IllegalArgumentException.class)
        .isThrownBy(() -> new Plan("grpc", 2_000, 0, 1, Duration.ZERO, Path.of("x")))
        .withMessageContainingAll("--faults is 0", "1 to 10000");
  }

  @Test
  void effectsAreCountedOncePerIdSoThatOnlyAnotherIdDoublesThem() {
    Ledger ledger = new Ledger(3);
    ledger.effect("a", "one", 0);
    ledger.effect("a", "one", 0);
    ledger.effect("b", "one", 0);
    assertThat(ledger.doubled(2)).isZero();
    ledger.effect("a", "other", 0);
    assertThat(ledger.doubled(2)).isEqualTo(1);
  }
}
