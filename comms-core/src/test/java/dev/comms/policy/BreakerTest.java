package dev.comms.policy;

import static dev.comms.policy.Bench.SAFE;
import static org.assertj.core.api.Assertions.assertThat;

import dev.comms.contract.CommsException;
import dev.comms.contract.CommsException.Kind;
import dev.comms.contract.Effect;
import dev.comms.contract.Fault;
import dev.comms.fake.Failures;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class BreakerTest {
  private final Bench bench = new Bench();
  private final Counter refused = new SimpleMeterRegistry().counter("refused");
  private final Counter observed = new SimpleMeterRegistry().counter("observed");
  private final Switches switches = new Switches(Mode.ENFORCE, Mode.ENFORCE);
  private final Circuits circuits = new Circuits("there", bench.time);
  private final Breaker breaker = breaker();

  /** A pipeline made anew has another breaker over the same circuit. */
  private Breaker breaker() {
    return new Breaker(
        circuits.of(SAFE), switches, SAFE, bench.time, new Refused(refused, observed));
  }

  private @Nullable CommsException one(@Nullable CommsException end) {
    return bench.once(breaker, bench.call(SAFE), end);
  }

  private void times(int many, @Nullable CommsException end) {
    for (int i = 0; i < many; i++) {
      one(end);
    }
  }

  private boolean open() {
    int before = bench.step.asked.size();
    CommsException failure = one(Failures.unreachable());
    return failure != null
        && failure.kind() == Kind.CIRCUIT_OPEN
        && bench.step.asked.size() == before;
  }

  @Test
  void itOpensWhenHalfOfTwentyHaveFailed() {
    times(10, null);
    times(9, Failures.failed());
    assertThat(refused.count()).isZero();
    one(Failures.failed());
    assertThat(open()).isTrue();
    assertThat(refused.count()).isEqualTo(1);
  }

  @Test
  void itStaysClosedBelowHalf() {
    times(11, null);
    times(9, Failures.failed());
    assertThat(open()).isFalse();
  }

  @Test
  void itStaysClosedBelowTwenty() {
    times(19, Failures.failed());
    assertThat(open()).isFalse();
  }

  @Test
  void itForgetsWhatIsOlderThanTenSeconds() {
    times(19, Failures.failed());
    bench.time.advance(Duration.ofSeconds(11));
    assertThat(open()).as("the 20th in all, the first in its window").isFalse();
  }

  @Test
  void itsRefusalSaysWhoWhyAndWhen() {
    times(20, Failures.failed());
    CommsException refusal = one(null);
    assertThat(refusal).isNotNull();
    assertThat(refusal.kind()).isEqualTo(Kind.CIRCUIT_OPEN);
    assertThat(refusal.effect()).isEqualTo(Effect.NONE);
    assertThat(refusal.fault()).isEqualTo(Fault.LOCAL);
    assertThat(refusal).hasMessageContainingAll("test.safe", "50 %", "there", "60 s");
  }

  @Test
  void itTriesThreeAfterFiveSecondsAndClosesIfTheyAreWell() {
    times(20, Failures.failed());
    bench.time.advance(Duration.ofMillis(4_999));
    assertThat(open()).isTrue();
    bench.time.advance(Duration.ofMillis(2));
    times(3, null);
    times(3, Failures.failed());
    assertThat(open()).as("closed, and begins to count anew").isFalse();
  }

  @Test
  void whatItTriesWhenHalfOpenIsBounded() {
    times(20, Failures.failed());
    bench.time.advance(Duration.ofMillis(5_001));
    for (int i = 0; i < 5; i++) {
      breaker.apply(bench.call(SAFE), bench.step);
    }
    assertThat(bench.step.replies).hasSize(3);
    assertThat(refused.count()).isEqualTo(2);
  }

  @Test
  void itOpensAgainForTwiceAsLongIfTheyAreNot() {
    times(20, Failures.failed());
    bench.time.advance(Duration.ofMillis(5_001));
    times(3, Failures.failed());
    bench.time.advance(Duration.ofMillis(9_998));
    assertThat(open()).isTrue();
    bench.time.advance(Duration.ofMillis(4));
    assertThat(open()).isFalse();
  }

  @Test
  void whatSaysNothingOfTheTargetIsIgnored() {
    times(100, Failures.shed());
    times(100, new CommsException.Cancelled(Failures.facts()));
    times(19, Failures.failed());
    assertThat(open()).as("only 19 count").isFalse();
  }

  @Test
  void whatIsIgnoredGivesBackItsTrial() {
    times(20, Failures.failed());
    bench.time.advance(Duration.ofMillis(5_001));
    times(50, Failures.shed());
    times(3, null);
    assertThat(open()).as("its three trials were still there").isFalse();
  }

  @Test
  void observingItOnlyCounts() {
    switches.breaker(Mode.OBSERVE);
    for (int i = 0; i < 25; i++) {
      CommsException failure = one(Failures.failed());
      assertThat(failure).isNotNull();
      assertThat(failure.kind()).isEqualTo(Kind.FAILED);
    }
    assertThat(bench.step.asked).hasSize(25);
    assertThat(observed.count()).isEqualTo(5);
    assertThat(refused.count()).isZero();
    switches.breaker(Mode.ENFORCE);
    assertThat(open()).as("enforced from the next message on").isTrue();
  }

  @Test
  void whatIsForcedOpenRefusesAlsoWhereItOnlyObserves() {
    switches.breaker(Mode.OBSERVE);
    circuits.force((contract, target) -> Forced.OPEN);
    assertThat(open()).isTrue();
    assertThat(one(null)).hasMessageContainingAll("test.safe", "an operator has forced", "there");
    assertThat(refused.count()).isEqualTo(2);
  }

  @Test
  void whatIsForcedOpenBeforeItsFirstUseIsOpen() {
    Circuits fresh = new Circuits("there", bench.time);
    fresh.force((contract, target) -> contract == SAFE ? Forced.OPEN : Forced.NOT);
    assertThat(fresh.of(SAFE).forced()).isEqualTo(Forced.OPEN);
    assertThat(fresh.of(Bench.UNSAFE).forced()).isEqualTo(Forced.NOT);
  }

  @Test
  void whatIsDisabledLetsAllPassAndLearnsNothing() {
    times(19, Failures.failed());
    circuits.force((contract, target) -> Forced.DISABLED);
    times(100, Failures.failed());
    circuits.force((contract, target) -> Forced.NOT);
    assertThat(open()).as("it has seen 19 and not 119").isFalse();
    assertThat(open()).as("that was the twentieth").isTrue();
  }

  @Test
  void whatItHasCountedOutlivesThePipeline() {
    times(20, Failures.failed());
    CommsException failure = bench.once(breaker(), bench.call(SAFE), null);
    assertThat(failure).isNotNull();
    assertThat(failure.kind()).isEqualTo(Kind.CIRCUIT_OPEN);
  }

  @Test
  void aTargetThatIsSilentForAWholeNormalLimitHasFailed() {
    for (int i = 0; i < 20; i++) {
      Exchange exchange = bench.call(SAFE);
      breaker.apply(exchange, bench.step);
      exchange.end(Failures.late(Fault.CALLER));
    }
    assertThat(open()).isTrue();
  }

  @Test
  void aCallerThatLeavesTooLittleTimeOpensNothing() {
    for (int i = 0; i < 100; i++) {
      Exchange exchange =
          bench.exchange(Exchange.Verb.CALL, SAFE, SAFE.answeredWithin().dividedBy(2));
      breaker.apply(exchange, bench.step);
      exchange.end(Failures.late(Fault.CALLER));
    }
    assertThat(open()).isFalse();
  }
}
