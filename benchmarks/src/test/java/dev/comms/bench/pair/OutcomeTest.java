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
        Math.round(1e6 / micros), SECOND, micros, micros * 2, micros * 3, 1_000, cpu, 0);
  }

  private static Outcome outcome(Row row, Measured ours, Measured other) {
    List<Pair> pairs = IntStream.range(0, 12).mapToObj(i -> new Pair(ours, other)).toList();
    return new Outcome(row, false, pairs, 0, "java ours", "java other");
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
      if (row.mode() != Mode.OPEN) {
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
        .containsKeys("goal", "verdict", "ok", "guarantees", "bytesPerOp", "cmd");
    assertThat(Json.of(json))
        .startsWith("{\"name\":\"call.one\",\"ours\":10000.000,\"other\":10000.000")
        .contains("\"ratio\":1.000")
        .contains("\"rounds\":12")
        .contains("\"verdict\":\"ok\",\"ok\":true")
        .doesNotContain("\n");
  }

  @Test
  void aRoundIsReadAsItWasWritten() {
    Measured round = new Measured(10, SECOND, 1.5, 2.5, 3.5, 400, 12.25, 3);

    assertThat(Measured.parse(round.line())).isEqualTo(round);
  }
}
