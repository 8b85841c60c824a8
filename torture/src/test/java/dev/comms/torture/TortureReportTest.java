package dev.comms.torture;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.InstanceOfAssertFactories.STRING;

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
  private static final Breakage CUT =
      Breakage.cut("reset", Duration.ZERO, () -> {}, () -> {}).leavingUnknown();
  private static final Breakage SLOW = Breakage.slow("latency", Duration.ZERO, () -> {}, () -> {});
  private static final Hit FELT = new Hit("reset", 3, 1, 1, 0, 10, 20);
  private static final Hit SLOWED = new Hit("latency", 3, 0, 0, 2, 0, 20);
  private static final Leaks NONE = new Leaks(List.of(), 0, 0);

  private static HistoryReport found(Map<String, Long> broken) {
    Map<String, Long> counts =
        Map.of("asked", 1_000L, "confirmed", 960L, "unknown", 4L, "handled", 990L);
    return new HistoryReport(counts, broken, List.of());
  }

  private static TortureReport report(
      HistoryReport found,
      List<Hit> hits,
      List<String> troubles,
      int confirmed,
      int doubled,
      boolean drained,
      Leaks leaks) {
    return new TortureReport(
        PLAN,
        "rabbitmq 3.10.8",
        found,
        List.of(CUT, SLOW),
        hits,
        troubles,
        confirmed,
        doubled,
        drained,
        leaks,
        30);
  }

  private static TortureReport with(Hit... hits) {
    return report(found(Map.of()), List.of(hits), List.of(), 960, 0, true, NONE);
  }

  @Test
  void allThatWasPlannedAndNoRuleBrokenIsGreen() {
    TortureReport green = with(FELT, SLOWED);
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
  void aFaultThatDidNotTakePlaceOrWasNotFeltIsRed() {
    assertThat(with(FELT).wrong()).containsExactly("latency did not take place");
    assertThat(with(FELT, new Hit("latency", 3, 0, 0, 0, 0, 20)).wrong())
        .singleElement(STRING)
        .startsWith("latency did not do what it must");
    assertThat(with(FELT, new Hit("latency", 0, 0, 0, 1, 0, 20)).ok()).isFalse();
  }

  @Test
  void whatMustCutTheWayIsSeenByTheProberAndWhatMustLeaveUnknownOutcomesLeavesThem() {
    assertThat(with(new Hit("reset", 3, 1, 1, 0, 0, 20), SLOWED).ok()).isFalse();
    assertThat(with(new Hit("reset", 3, 1, 0, 0, 10, 20), SLOWED).ok()).isFalse();
  }

  @Test
  void whatNeverSucceedsAgainIsRed() {
    assertThat(with(FELT, new Hit("latency", 3, 0, 0, 1, 0, -1)).wrong())
        .containsExactly("nothing succeeded after latency");
  }

  @Test
  void tooFewConfirmedNoDrainDoubleEffectsLeaksAndTroublesAreRed() {
    List<Hit> hits = List.of(FELT, SLOWED);
    HistoryReport fine = found(Map.of());
    assertThat(report(fine, hits, List.of(), 949, 0, true, NONE).wrong())
        .containsExactly("949 of 1000 were confirmed, less than 95 %");
    assertThat(report(fine, hits, List.of(), 960, 0, false, NONE).wrong())
        .containsExactly("what was left was not handled in time");
    assertThat(report(fine, hits, List.of(), 960, 2, true, NONE).wrong())
        .containsExactly("2 effects happened twice");
    assertThat(report(fine, hits, List.of("it broke"), 960, 0, true, NONE).wrong())
        .containsExactly("it broke");
    Leaks thread = new Leaks(List.of("a"), 0, 0);
    assertThat(report(fine, hits, List.of(), 960, 0, true, thread).ok()).isFalse();
    Leaks connection = new Leaks(List.of(), 1, 0);
    assertThat(report(fine, hits, List.of(), 960, 0, true, connection).ok()).isFalse();
  }

  @Test
  void aHistoryThatTellsOfLessThanHappenedIsRed() {
    List<Hit> hits = List.of(FELT, SLOWED);
    assertThat(report(found(Map.of()), hits, List.of(), 961, 0, true, NONE).wrong())
        .containsExactly("the history does not tell of all that was asked, or confirmed");
  }

  @Test
  void aBrokenRuleIsRedAndIsInTheJson() {
    List<Hit> hits = List.of(FELT, SLOWED);
    TortureReport red = report(found(Map.of("lost", 2L)), hits, List.of(), 960, 0, true, NONE);
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
    ledger.effect(1);
    ledger.effect(1);
    assertThat(ledger.doubled(1)).as("what trusts in running once").isEqualTo(2);
  }

  @Test
  void whatWasConfirmedIsWaitedForUntilEachReaderHasIt() {
    Ledger ledger = new Ledger(3);
    ledger.confirmed(0);
    ledger.confirmed(2);
    assertThat(ledger.waiting(2)).isEqualTo(2);
    ledger.effect("a", "one", 0);
    ledger.effect("b", "one", 0);
    assertThat(ledger.waiting(2)).isEqualTo(1);
    ledger.handled(2);
    assertThat(ledger.waiting(1)).isZero();
  }
}
