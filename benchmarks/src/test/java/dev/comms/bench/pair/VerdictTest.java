package dev.comms.bench.pair;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class VerdictTest {

  private static Verdict of(double low, double median, double high) {
    return Verdict.of(new Ratios(median, low, high), 0.9, false);
  }

  @Test
  void aRowIsOkWhenTheIntervalReachesTheGoalAndTheMedianIsClose() {
    assertThat(of(0.82, 0.86, 0.91)).isEqualTo(Verdict.OK);
    assertThat(of(0.95, 1.00, 1.02)).isEqualTo(Verdict.OK);
  }

  @Test
  void anIntervalBelowTheGoalMissesIt() {
    assertThat(of(0.82, 0.86, 0.89)).isEqualTo(Verdict.MISSED);
    assertThat(of(0.2, 0.5, 0.89)).isEqualTo(Verdict.MISSED);
  }

  @Test
  void aMedianFarBelowMissesItThoughTheIntervalReachesIt() {
    assertThat(of(0.75, 0.84, 0.91)).isEqualTo(Verdict.MISSED);
  }

  @Test
  void aWideIntervalAroundTheGoalSaysNothing() {
    assertThat(of(0.7, 0.9, 1.1)).isEqualTo(Verdict.INCONCLUSIVE);
    assertThat(of(0.7, 0.8, 0.95)).isEqualTo(Verdict.INCONCLUSIVE);
    assertThat(Verdict.INCONCLUSIVE.ok()).isFalse();
  }

  @Test
  void aWideIntervalAboveTheGoalReachesItForCertain() {
    assertThat(of(0.95, 1.1, 1.4)).isEqualTo(Verdict.OK);
  }

  @Test
  void anOperationThatTakesMoreThanALimitIsCostly() {
    Ratios fine = new Ratios(0.98, 0.97, 0.99);

    assertThat(Verdict.of(fine, 0.9, true)).isEqualTo(Verdict.COSTLY);
    assertThat(Verdict.of(new Ratios(0.9, 0.7, 1.1), 0.9, true)).isEqualTo(Verdict.COSTLY);
    assertThat(Verdict.COSTLY.ok()).isFalse();
  }

  /** An interval from 2.85 to 3.15 is as narrow as one from 0.95 to 1.05. */
  @Test
  void aLargeRatiosIntervalIsJudgedByItsShare() {
    assertThat(Verdict.of(new Ratios(3, 2.6, 3.1), 2.7, false)).isEqualTo(Verdict.OK);
    assertThat(Verdict.of(new Ratios(3, 2.6, 3.3), 2.7, false)).isEqualTo(Verdict.INCONCLUSIVE);
  }

  @Test
  void rawAgainstRawMustBeEqual() {
    assertThat(Verdict.ofNull(new Ratios(1.04, 0.99, 1.1))).isEqualTo(Verdict.OK);
    assertThat(Verdict.ofNull(new Ratios(0.94, 0.9, 1.0))).isEqualTo(Verdict.MISSED);
    assertThat(Verdict.ofNull(new Ratios(1.06, 1.0, 1.1))).isEqualTo(Verdict.MISSED);
    assertThat(Verdict.ofNull(new Ratios(1.0, 0.8, 1.2))).isEqualTo(Verdict.INCONCLUSIVE);
  }
}
