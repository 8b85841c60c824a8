package dev.comms.policy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.comms.fake.ManualTime;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class RetryBudgetTest {
  private final ManualTime time = new ManualTime();
  private final RetryBudget budget = new RetryBudget(time);

  private int spend() {
    return spend(false);
  }

  private int spend(boolean loaded) {
    int spent = 0;
    while (budget.tryRetry(loaded)) {
      spent++;
    }
    return spent;
  }

  private void call(int times) {
    for (int i = 0; i < times; i++) {
      budget.called();
    }
  }

  @Test
  void withoutCallsItIsTenPerSecondOverTenSeconds() {
    assertThat(spend()).isEqualTo(100);
  }

  @Test
  void aFifthOfTheCallsComesOnTop() {
    call(1_000);
    assertThat(spend()).isEqualTo(300);
  }

  @Test
  void whatWasSpentComesBackAfterTenSeconds() {
    spend();
    time.advance(Duration.ofMillis(8_900));
    assertThat(spend()).as("the window still holds them").isZero();
    time.advance(Duration.ofMillis(1_100));
    assertThat(spend()).isEqualTo(100);
  }

  @Test
  void callsOfLongAgoDoNotCount() {
    call(1_000);
    time.advance(Duration.ofSeconds(10));
    assertThat(budget.left()).isEqualTo(100);
    call(10);
    time.advance(Duration.ofDays(30));
    assertThat(budget.left()).isEqualTo(100);
  }

  @Test
  void theWindowMovesSecondBySecond() {
    for (int second = 0; second < 10; second++) {
      call(100);
      time.advance(Duration.ofSeconds(1));
    }
    assertThat(budget.left()).as("the first second has left").isEqualTo(100 + 0.2 * 900);
  }

  @Test
  void afterSignsOfOverloadItIsATenthOfTheCalls() {
    call(1_000);
    assertThat(spend(true)).isEqualTo(100);
    assertThat(spend(false)).as("the rest is for what costs nothing").isEqualTo(200);
    assertThat(spend(true)).isZero();
  }

  @Test
  void whoCallsRarelyMayRetryOncePerSecondAfterSignsOfOverload() {
    assertThat(spend(true)).isEqualTo(10);
    call(50);
    assertThat(spend(true)).isZero();
  }
}
