package dev.comms.policy;

import static dev.comms.policy.Bench.SAFE;
import static dev.comms.policy.Bench.failureOf;
import static org.assertj.core.api.Assertions.assertThat;

import dev.comms.contract.CommsException;
import dev.comms.contract.CommsException.Kind;
import dev.comms.contract.Effect;
import dev.comms.contract.Fault;
import dev.comms.spi.Envelope;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class LimitsTest {
  private final Bench bench = new Bench();
  private final Counter refused = new SimpleMeterRegistry().counter("refused");

  private Policy inFlight(int most, Mode mode, Fault fault) {
    return Limits.inFlight(new Limits.Places("there", most), mode, fault, refused);
  }

  @Test
  void whatEndsGivesItsPlaceBack() {
    Policy two = inFlight(2, Mode.ENFORCE, Fault.LOCAL);
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
    Policy one = inFlight(1, Mode.ENFORCE, Fault.LOCAL);
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
    Policy one = inFlight(1, Mode.ENFORCE, Fault.OVERLOAD);
    one.apply(bench.call(SAFE), bench.step);
    CommsException failure = failureOf(one.apply(bench.call(SAFE), bench.step));
    assertThat(failure).hasMessageContainingAll("test.safe", "already 1", "there", "Policies");
    assertThat(failure.effect()).isEqualTo(Effect.NONE);
    assertThat(failure.fault()).isEqualTo(Fault.OVERLOAD);
    assertThat(failure.retryAfter()).isEqualTo(Duration.ofMillis(100));
  }

  @Test
  void observingItCountsAndLetsPassWithoutTakingAPlace() {
    Policy one = inFlight(1, Mode.OBSERVE, Fault.LOCAL);
    Exchange first = bench.call(SAFE);
    one.apply(first, bench.step);
    Exchange second = bench.call(SAFE);
    one.apply(second, bench.step);
    second.end(null);
    one.apply(bench.call(SAFE), bench.step);
    assertThat(refused.count()).as("the second's end freed nothing").isEqualTo(2);
    assertThat(bench.step.asked).hasSize(3);
  }

  @Test
  void whatIsBegunIsBoundedPerSecond() {
    Policy rate = Limits.rate(Limits.perSecond("there", 5), Mode.ENFORCE, refused);
    int passed = 0;
    // 200, since the permits of the next second may come in the middle.
    for (int i = 0; i < 200; i++) {
      CommsException failure = bench.once(rate, bench.call(SAFE), null);
      if (failure == null) {
        passed++;
      } else {
        assertThat(failure.kind()).isEqualTo(Kind.OVERLOADED);
        assertThat(failure.fault()).isEqualTo(Fault.LOCAL);
        assertThat(failure).hasMessageContainingAll("more than 5 per second", "there");
      }
    }
    assertThat(passed).isGreaterThanOrEqualTo(5).isLessThan(200);
    assertThat(refused.count()).isEqualTo(200 - passed);
  }

  @Test
  void observingTheRateLetsAllPass() {
    Policy rate = Limits.rate(Limits.perSecond("there", 1), Mode.OBSERVE, refused);
    for (int i = 0; i < 50; i++) {
      assertThat(rate.apply(bench.call(SAFE), exchange -> Envelopes.done()).join())
          .isSameAs(Envelope.EMPTY);
    }
    assertThat(refused.count()).isPositive();
  }

  private static final class Envelopes {
    static java.util.concurrent.CompletableFuture<Envelope> done() {
      return java.util.concurrent.CompletableFuture.completedFuture(Envelope.EMPTY);
    }
  }
}
