package dev.comms.policy;

import static dev.comms.policy.Bench.SAFE;
import static dev.comms.policy.Bench.failureOf;
import static org.assertj.core.api.Assertions.assertThat;

import dev.comms.contract.CommsException;
import dev.comms.contract.CommsException.Kind;
import dev.comms.contract.Effect;
import dev.comms.contract.Fault;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class LimitsTest {
  private final Bench bench = new Bench();
  private final Counter refused = new SimpleMeterRegistry().counter("refused");
  private final Counter observed = new SimpleMeterRegistry().counter("observed");
  private final Switches switches = new Switches(Mode.ENFORCE, Mode.ENFORCE);
  private final Refused counts = new Refused(refused, observed);

  private Policy inFlight(int most, Fault fault) {
    return Limits.inFlight(new Limits.Places("there", most), switches, fault, counts);
  }

  private Policy rate(int most) {
    return Limits.rate(new Rate(bench.time), most, "there", switches, counts);
  }

  private int passed(Policy rate, int asked) {
    int passed = 0;
    for (int i = 0; i < asked; i++) {
      passed += bench.once(rate, bench.call(SAFE), null) == null ? 1 : 0;
    }
    return passed;
  }

  @Test
  void whatEndsGivesItsPlaceBack() {
    Policy two = inFlight(2, Fault.LOCAL);
    Exchange first = bench.call(SAFE);
    two.apply(first, bench.step);
    two.apply(bench.call(SAFE), bench.step);
    assertThat(failureOf(two.apply(bench.call(SAFE), bench.step)).kind())
        .isEqualTo(Kind.OVERLOADED);
    first.end(null);
    two.apply(bench.call(SAFE), bench.step);
    assertThat(bench.step.asked).hasSize(3);
  }

  @Test
  void whatIsRefusedGivesNoPlaceBack() {
    Policy one = inFlight(1, Fault.LOCAL);
    one.apply(bench.call(SAFE), bench.step);
    for (int i = 0; i < 3; i++) {
      Exchange refusal = bench.call(SAFE);
      CommsException failure = failureOf(one.apply(refusal, bench.step));
      refusal.end(failure);
    }
    assertThat(bench.step.asked).hasSize(1);
    assertThat(refused.count()).isEqualTo(3);
  }

  @Test
  void itsRefusalNamesThePlaceTheLimitAndTheFix() {
    Policy one = inFlight(1, Fault.OVERLOAD);
    one.apply(bench.call(SAFE), bench.step);
    CommsException failure = failureOf(one.apply(bench.call(SAFE), bench.step));
    assertThat(failure).hasMessageContainingAll("test.safe", "already 1", "there", "Policies");
    assertThat(failure.effect()).isEqualTo(Effect.NONE);
    assertThat(failure.fault()).isEqualTo(Fault.OVERLOAD);
    assertThat(failure.retryAfter()).isEqualTo(Duration.ofMillis(100));
  }

  @Test
  void observingItCountsAndLetsPassWithoutTakingAPlace() {
    switches.limits(Mode.OBSERVE);
    Policy one = inFlight(1, Fault.LOCAL);
    Exchange first = bench.call(SAFE);
    one.apply(first, bench.step);
    Exchange second = bench.call(SAFE);
    one.apply(second, bench.step);
    second.end(null);
    one.apply(bench.call(SAFE), bench.step);
    assertThat(observed.count()).as("the second's end freed nothing").isEqualTo(2);
    assertThat(refused.count()).isZero();
    assertThat(bench.step.asked).hasSize(3);
    switches.limits(Mode.ENFORCE);
    assertThat(failureOf(one.apply(bench.call(SAFE), bench.step)).kind())
        .as("enforced from the next message on")
        .isEqualTo(Kind.OVERLOADED);
  }

  @Test
  void placesSurviveAnInterruptedThread() {
    Policy one = inFlight(1, Fault.LOCAL);
    Thread.currentThread().interrupt();
    try {
      one.apply(bench.call(SAFE), bench.step);
      assertThat(bench.step.asked).hasSize(1);
    } finally {
      assertThat(Thread.interrupted()).isTrue();
    }
  }

  @Test
  void whatIsBegunIsBoundedPerSecond() {
    Policy rate = rate(5);
    assertThat(passed(rate, 200)).isEqualTo(5);
    assertThat(refused.count()).isEqualTo(195);
    CommsException failure = failureOf(rate.apply(bench.call(SAFE), bench.step));
    assertThat(failure.kind()).isEqualTo(Kind.OVERLOADED);
    assertThat(failure.fault()).isEqualTo(Fault.LOCAL);
    assertThat(failure).hasMessageContainingAll("more than 5 per second", "there");
  }

  @Test
  void permitsComeBackSteadilyWithTheClock() {
    Policy rate = rate(5);
    passed(rate, 5);
    bench.time.advance(Duration.ofMillis(199));
    assertThat(passed(rate, 1)).isZero();
    bench.time.advance(Duration.ofMillis(1));
    assertThat(passed(rate, 2)).isEqualTo(1);
    bench.time.advance(Duration.ofDays(1));
    assertThat(passed(rate, 100)).as("never more than those of a second at once").isEqualTo(5);
  }

  @Test
  void aHugeRateLetsPass() {
    assertThat(passed(rate(Integer.MAX_VALUE), 100)).isEqualTo(100);
  }

  @Test
  void observingTheRateLetsAllPass() {
    switches.limits(Mode.OBSERVE);
    assertThat(passed(rate(1), 50)).isEqualTo(50);
    assertThat(observed.count()).isEqualTo(49);
  }
}
