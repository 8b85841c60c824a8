package dev.comms.policy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.comms.contract.Backoff;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
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
    assertThat(all)
        .isEqualTo(
            new Policies(
                wait,
                Mode.OBSERVE,
                2,
                3,
                4,
                Mode.OBSERVE,
                List.of(some),
                List.of(other),
                List.of(some, other)));
    assertThat(Policies.standard().aroundMessage()).isEmpty();
  }

  @Test
  void itsListsAreItsOwn() {
    List<Policy> mine = new ArrayList<>(List.of(some));
    Policies standard = Policies.standard();
    Policies policies =
        new Policies(
            standard.backoff(), Mode.ENFORCE, 1, 0, 1, Mode.ENFORCE, mine, List.of(), List.of());
    mine.add(other);
    assertThat(policies.aroundMessage()).containsExactly(some);
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
