package dev.comms.bench.pair;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class RatiosTest {

  @Test
  void theMedianIsTheMiddleOne() {
    assertThat(Ratios.median(List.of(3.0, 1.0, 2.0))).isEqualTo(2);
    assertThat(Ratios.median(List.of(4.0, 1.0, 2.0, 3.0))).isEqualTo(2.5);
  }

  /** The ranks of the sign test, as tables print them. */
  @Test
  void theIntervalLeavesOutWhatTheTablesLeaveOut() {
    assertThat(Ratios.skipped(5)).isZero();
    assertThat(Ratios.skipped(6)).isZero();
    assertThat(Ratios.skipped(9)).isEqualTo(1);
    assertThat(Ratios.skipped(12)).isEqualTo(2);
    assertThat(Ratios.skipped(20)).isEqualTo(5);
    assertThat(Ratios.skipped(30)).isEqualTo(9);
  }

  @Test
  void anOutlierMovesNeitherMedianNorInterval() {
    List<Double> ratios = new ArrayList<>(Collections.nCopies(11, 0.9));
    ratios.add(0.01);

    assertThat(Ratios.of(ratios)).isEqualTo(new Ratios(0.9, 0.9, 0.9));
  }

  @Test
  void oneRatioAloneIsItsOwnInterval() {
    assertThat(Ratios.of(List.of(0.7))).isEqualTo(new Ratios(0.7, 0.7, 0.7));
  }

  @Test
  void theIntervalHoldsTheTrueMedianInNineteenOfTwentyRuns() {
    Random random = new Random(7);
    long held =
        IntStream.range(0, 2_000)
            .mapToObj(run -> Ratios.of(random.doubles(20).boxed().toList()))
            .filter(ratios -> ratios.low() <= 0.5 && ratios.high() >= 0.5)
            .count();

    assertThat(held).isBetween(1_900L, 1_960L);
  }
}
