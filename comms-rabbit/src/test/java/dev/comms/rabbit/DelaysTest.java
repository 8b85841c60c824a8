package dev.comms.rabbit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.comms.contract.CommsException;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class DelaysTest {

  @Test
  void anExactDelayIsRoundedUpToTheSecond() {
    assertThat(Delays.exact("t", Duration.ZERO)).isZero();
    assertThat(Delays.exact("t", Duration.ofSeconds(-3))).isZero();
    assertThat(Delays.exact("t", Duration.ofMillis(1))).isEqualTo(1);
    assertThat(Delays.exact("t", Duration.ofMillis(1_500))).isEqualTo(2);
    assertThat(Delays.exact("t", Duration.ofSeconds(65_535))).isEqualTo(65_535);
  }

  @Test
  void aDelayBeyondTheLevelsIsRefusedAndNamesTheLimit() {
    assertThatThrownBy(() -> Delays.exact("mail.send", Duration.ofSeconds(65_536)))
        .isInstanceOf(CommsException.Misconfigured.class)
        .hasMessageContaining("mail.send")
        .hasMessageContaining("PT18H12M16S")
        .hasMessageContaining("PT18H12M15S");
  }

  @Test
  void aRetryKeepsTwoBitsIsNeverEarlyAndAtMostHalfAsLongAgain() {
    for (long seconds = 1; seconds <= 49_152; seconds++) {
      long wait = Delays.forRetry(Duration.ofSeconds(seconds));

      assertThat(Long.bitCount(wait)).isLessThanOrEqualTo(2);
      assertThat(wait).isBetween(seconds, seconds + seconds / 2);
    }
  }

  @Test
  void aRetryWaitsAtLeastOneSecondAndAtMostWhatTheLevelsCarry() {
    assertThat(Delays.forRetry(Duration.ZERO)).isEqualTo(1);
    assertThat(Delays.forRetry(Duration.ofMillis(1))).isEqualTo(1);
    assertThat(Delays.forRetry(Duration.ofDays(7))).isEqualTo(49_152);
  }
}
