package dev.comms.policy;

import static dev.comms.policy.Bench.SAFE;
import static dev.comms.policy.Bench.failureOf;
import static org.assertj.core.api.Assertions.assertThat;

import dev.comms.contract.CommsException;
import dev.comms.contract.CommsException.Kind;
import dev.comms.contract.Effect;
import dev.comms.contract.Fault;
import dev.comms.policy.Exchange.Verb;
import dev.comms.spi.Envelope;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class DeadlinesTest {
  private final Bench bench = new Bench();
  private final Counter counter = new SimpleMeterRegistry().counter("counted");

  private Envelope expiring(Duration in) {
    return bench.call(SAFE).message().expires(bench.time.now().plus(in));
  }

  @Test
  void withNoTimeLeftItIsNotBegun() {
    Exchange late = bench.exchange(Verb.CALL, SAFE, Duration.ZERO);
    CommsException failure = failureOf(Deadlines.notLate(counter).apply(late, bench.step));
    assertThat(failure.kind()).isEqualTo(Kind.DEADLINE_EXCEEDED);
    assertThat(failure.effect()).isEqualTo(Effect.NONE);
    assertThat(failure.fault()).isEqualTo(Fault.CALLER);
    assertThat(bench.step.asked).isEmpty();
    assertThat(counter.count()).isEqualTo(1);
  }

  @Test
  void withTheLeastTimeLeftItIsBegun() {
    Deadlines.notLate(counter)
        .apply(bench.exchange(Verb.CALL, SAFE, Duration.ofNanos(1)), bench.step);
    assertThat(bench.step.asked).hasSize(1);
    assertThat(counter.count()).isZero();
  }

  @Test
  void whatHasNoExpiryLivesForEver() {
    Envelope message = bench.call(SAFE).message();
    bench.time.advance(Duration.ofDays(1_000));
    assertThat(Deadlines.expired(message, bench.time)).isFalse();
  }

  @Test
  void clocksMayDifferByTwoSeconds() {
    Envelope message = expiring(Duration.ofMinutes(1));
    bench.time.advance(Duration.ofMinutes(1).plus(Deadlines.SKEW));
    assertThat(Deadlines.expired(message, bench.time)).isFalse();
    bench.time.advance(Duration.ofNanos(1));
    assertThat(Deadlines.expired(message, bench.time)).isTrue();
  }

  @Test
  void whatIsExpiredIsDroppedCountedAndSaidSo() {
    Envelope message = expiring(Duration.ofMinutes(-1));
    Policy policy = Deadlines.notExpired(bench.time, counter);
    CommsException failure = failureOf(policy.apply(bench.call(SAFE).with(message), bench.step));
    assertThat(failure.kind()).isEqualTo(Kind.DEADLINE_EXCEEDED);
    assertThat(failure).hasMessageContainingAll("test.safe", "expired at 2025-12-31T23:59:00Z");
    assertThat(bench.step.asked).isEmpty();
    assertThat(counter.count()).isEqualTo(1);
  }
}
