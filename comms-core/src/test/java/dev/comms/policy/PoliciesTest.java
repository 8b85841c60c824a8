package dev.comms.policy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.comms.contract.Backoff;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class PoliciesTest {
  private final Policy some = (exchange, next) -> next.proceed(exchange);
  private final Policy other = (exchange, next) -> next.proceed(exchange);

  @Test
  void eachMethodChangesWhatItNamesAndNothingElse() {
    Backoff wait = new Backoff(Duration.ofMillis(5), Duration.ofMillis(6));
    Policies all =
        Policies.standard()
            .backoff(wait)
            .breaker(Mode.OBSERVE)
            .inFlight(2)
            .perSecond(3)
            .serving(4)
            .limits(Mode.OBSERVE)
            .aroundMessage(some)
            .aroundAttempt(other)
            .aroundHandling(some)
            .aroundHandling(other);
    assertThat(all.backoff()).isEqualTo(wait);
    assertThat(all.breaker()).isEqualTo(Mode.OBSERVE);
    assertThat(all.inFlight()).isEqualTo(2);
    assertThat(all.perSecond()).isEqualTo(3);
    assertThat(all.serving()).isEqualTo(4);
    assertThat(all.limits()).isEqualTo(Mode.OBSERVE);
    assertThat(all.aroundMessage()).containsExactly(some);
    assertThat(all.aroundAttempt()).containsExactly(other);
    assertThat(all.aroundHandling()).containsExactly(some, other);
  }

  @Test
  void theOneThatACopyIsMadeOfStaysAsItWas() {
    Policies one = Policies.standard();
    one.inFlight(7).aroundMessage(some);
    assertThat(one.inFlight()).isEqualTo(10_000);
    assertThat(one.aroundMessage()).isEmpty();
    assertThat(one.serving()).isEqualTo(256);
    assertThat(one.perSecond()).isZero();
    assertThat(one.breaker()).isEqualTo(Mode.ENFORCE);
    assertThat(one.limits()).isEqualTo(Mode.ENFORCE);
  }

  @Test
  void aLimitThatLetsNothingPassIsRefused() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Policies.standard().inFlight(0))
        .withMessageContaining("inFlight is 0");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Policies.standard().serving(0))
        .withMessageContaining("serving is 0");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Policies.standard().perSecond(-1))
        .withMessageContaining("perSecond is -1");
  }
}
