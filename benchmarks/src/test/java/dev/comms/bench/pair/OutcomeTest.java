package dev.comms.bench.pair;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class OutcomeTest {
  private static final long SECOND = 1_000_000_000;

  /** A client whose operation takes so many microseconds of which so many are CPU. */
  private static Measured side(double micros, double cpu) {
    return new Measured(
        Math.round(1e6 / micros),
        SECOND,
        micros,
        micros * 2,
        micros * 3,
        micros * 4,
        1_000,
        cpu,
        cpu * 2,
        0);
  }

  private static Outcome outcome(Row row, Measured ours, Measured other) {
    List<Pair> pairs = IntStream.range(0, 12).mapToObj(i -> new Pair(ours, other)).toList();
    return new Outcome(row, false, pairs, 0, null, "java ours", "java other");
  }

  private static Row row(Mode mode) {
    return Row.ALL.stream().filter(row -> row.mode() == mode).findFirst().orElseThrow();
  }

  @Test
  void aThroughputRatioIsOursByTheOthers() {
    assertThat(outcome(row(Mode.ONE), side(200, 50), side(160, 50)).ratios().median())
        .isCloseTo(0.8, within(0.001));
  }

  @Test
  void aLatencyRatioIsTheOthersByOurs() {
    assertThat(outcome(row(Mode.OPEN), side(200, 50), side(100, 50)).ratios().median())
        .isEqualTo(0.5);
  }

  /**
   * Ours takes a little more anyway. A hundred microseconds are a tenth of a percent of a slow
   * confirm, and must be seen.
   */
  @Test
  void aHandicapOfCpuTurnsEveryOneCallerAndAsyncRowRed() {
    for (Row row : Row.ALL) {
      if (row.limits().stream().anyMatch(limit -> limit.price() == Price.CPU_MORE)) {
        Outcome fine = outcome(row, side(100_000, 60), side(100_000, 60));
        double usual = row.mode() == Mode.ONE ? 75 : 5;
        Outcome handicapped = outcome(row, side(100_100, 60 + usual + 100), side(100_000, 60));

        assertThat(fine.verdict()).isEqualTo(Verdict.OK);
        assertThat(handicapped.verdict()).as(row.name()).isEqualTo(Verdict.COSTLY);
      }
    }
  }

  @Test
  void aHandicapTurnsAFastRowRedByItsRatio() {
    assertThat(outcome(row(Mode.ASYNC), side(130, 130), side(30, 30)).verdict())
        .isEqualTo(Verdict.MISSED);
  }

  @Test
  void theJsonHasWhatTheIssueNames() {
    Map<String, Object> json = outcome(row(Mode.ONE), side(100, 50), side(100, 50)).json();

    assertThat(json)
        .containsKeys(
            "name", "ours", "other", "otherName", "unit", "ratio", "ciLow", "ciHigh", "rounds")
        .containsKeys("goal", "verdict", "ok", "guarantees", "bytesPerOp", "cmd")
        .containsKeys("bytesMore", "p99Ratio", "p95Ratio", "cpuMicrosMore", "cpuMicrosMoreLimit")
        .doesNotContainKeys("cpuRatio", "payloadBytes");
    assertThat(Json.of(json))
        .startsWith("{\"name\":\"call.one\",\"ours\":10000.000,\"other\":10000.000")
        .contains("\"ratio\":1.000")
        .contains("\"rounds\":12")
        .contains("\"verdict\":\"ok\",\"ok\":true")
        .doesNotContain("\n");
  }

  private static Row limited(Limit... limits) {
    return new Row(Family.CALL, Mode.ONE, Sample.BYTES, 0.9, List.of(limits));
  }

  @Test
  void aLimitIsKeptUpToItselfAndNamedWhenItIsPassed() {
    Measured ours = side(115, 50);
    Measured other = side(100, 50);
    Row row = limited(new Limit(Price.P99, 1.15), new Limit(Price.P95, 1.14));

    assertThat(Price.P99.of(new Pair(ours, other))).isCloseTo(1.15, within(1e-9));
    assertThat(outcome(row, ours, other).passed())
        .extracting(Limit::price)
        .containsExactly(Price.P95);
    assertThat(outcome(limited(new Limit(Price.P99, 1.16)), ours, ours).verdict())
        .isEqualTo(Verdict.OK);
    assertThat(outcome(row, side(101, 50), side(100, 50)).verdict()).isEqualTo(Verdict.OK);
    Outcome slow = outcome(limited(new Limit(Price.P99, 1.1)), side(111, 50), side(100, 50));
    assertThat(slow.verdict()).isEqualTo(Verdict.COSTLY);
    assertThat(slow.text()).contains("costly p99Ratio 1.11 > 1.10");
    assertThat(slow.json()).containsEntry("p99RatioLimit", 1.1);
    assertThat(Json.of(slow.json())).contains("\"passed\":[\"p99Ratio\"]");
  }

  @Test
  void bytesAreLimitedByHowManyMore() {
    Measured more = new Measured(10_000, SECOND, 100, 200, 300, 400, 2_025, 50, 100, 0);
    Row row = limited(new Limit(Price.BYTES_MORE, 1_024));

    assertThat(outcome(row, more, side(100, 50)).verdict()).isEqualTo(Verdict.COSTLY);
    assertThat(outcome(row, side(100, 50), side(100, 50)).verdict()).isEqualTo(Verdict.OK);
  }

  @Test
  void whatItsServerUsedCountsForASide() {
    Measured round = side(100, 50).served(new Costs(1, 2, 7, 100_000_000));

    assertThat(round.process()).isCloseTo(100 + 10, within(1e-9));
    assertThat(round.compiling()).isEqualTo(7);
    assertThat(round.cpu()).isEqualTo(50);
  }

  @Test
  void aRestRowTellsTheCpuOfBothEndsAndItsBytes() {
    Row row = Row.ALL.stream().filter(one -> one.family().isRest()).findFirst().orElseThrow();
    Traffic traffic = new Traffic(new Traffic.Sent(300, 700, 0), new Traffic.Sent(1_000, 2_800, 1));
    Pair pair = new Pair(side(100, 50), side(300, 200));

    Map<String, Object> json =
        new Outcome(row, false, List.of(pair), 0, traffic, "java ours", "java other").json();

    assertThat(json)
        .containsEntry("cpuRatio", 0.25)
        .containsEntry("payloadRatio", 0.3)
        .containsEntry("wireRatio", 0.25)
        .containsEntry("connectionsPerOpOther", 1.0);
  }

  @Test
  void aRoundIsReadAsItWasWritten() {
    Measured round = new Measured(10, SECOND, 1.5, 2, 2.5, 3.5, 400, 12.25, 20.5, 3);

    assertThat(Measured.parse(round.line())).isEqualTo(round);
  }
}
