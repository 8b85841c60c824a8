package dev.comms;

import static org.assertj.core.api.Assertions.assertThat;

import dev.comms.Overload.Result;
import dev.comms.Overload.Without;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Real policies on both sides of an overload, in virtual time. */
class OverloadTest {
  /** More than the line of those that wait is long, which takes 192 ms. */
  private static final Duration PATIENT = Duration.ofMillis(500);

  /** Less than that line and the work itself. */
  private static final Duration IMPATIENT = Duration.ofMillis(200);

  private static Result run(long seed, double factor, Duration limit, Without without) {
    Result result = new Overload(seed, factor, limit, without).run();
    System.out.printf(
        Locale.ROOT,
        "overload %.0fx limit %d ms seed %d without %-16s goodput %3.0f %%, attempts %.2f, recovered %3.0f %%%n",
        factor,
        limit.toMillis(),
        seed,
        without,
        100 * result.goodput(),
        result.attempts(),
        100 * result.recovered());
    return result;
  }

  @ParameterizedTest
  @CsvSource({"2, 0.90, 1", "2, 0.90, 2", "2, 0.90, 3", "5, 0.85, 1", "5, 0.85, 2", "5, 0.85, 3"})
  void goodputHoldsRetriesStayFewAndItRecovers(double factor, double least, long seed) {
    for (Duration limit : List.of(PATIENT, IMPATIENT)) {
      Result result = run(seed, factor, limit, Without.NOTHING);
      assertThat(result.goodput()).isGreaterThanOrEqualTo(least);
      assertThat(result.attempts()).isLessThanOrEqualTo(1.1);
      assertThat(result.recovered()).isGreaterThanOrEqualTo(0.95);
    }
  }

  @Test
  void theSameSeedIsTheSameStory() {
    assertThat(run(7, 2, PATIENT, Without.NOTHING)).isEqualTo(run(7, 2, PATIENT, Without.NOTHING));
  }

  @Test
  void withoutTheRetryBudgetAttemptsMultiply() {
    assertThat(run(1, 2, PATIENT, Without.BUDGET).attempts()).isGreaterThan(1.5);
  }

  @Test
  void withoutTheDropOfExpiredWorkGoodputCollapses() {
    assertThat(run(1, 2, IMPATIENT, Without.DROP_OF_EXPIRED).goodput()).isLessThan(0.6);
  }

  @Test
  void withoutTheBoundOnWorkInFlightGoodputCollapses() {
    assertThat(run(1, 2, PATIENT, Without.BOUND_IN_FLIGHT).goodput()).isLessThan(0.6);
  }
}
