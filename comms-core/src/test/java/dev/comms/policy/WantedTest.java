package dev.comms.policy;

import static dev.comms.policy.Bench.SAFE;
import static dev.comms.policy.Bench.failureOf;
import static org.assertj.core.api.Assertions.assertThat;

import dev.comms.contract.CommsException;
import dev.comms.contract.CommsException.Kind;
import dev.comms.contract.Effect;
import dev.comms.contract.Fault;
import dev.comms.fake.Failures;
import dev.comms.policy.Exchange.Verb;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class WantedTest {
  private final Bench bench = new Bench();
  private final Counter counter = new SimpleMeterRegistry().counter("refused");
  private final Limits.Places places = new Limits.Places("there", 3);
  private final Policy shed =
      Limits.inFlight(
          places,
          new Switches(Mode.ENFORCE, Mode.ENFORCE),
          Fault.OVERLOAD,
          new Refused(counter, counter));
  private final Counter observed = new SimpleMeterRegistry().counter("observed");
  private final Switches switches = new Switches(Mode.ENFORCE, Mode.ENFORCE);
  private final Policy wanted =
      new Wanted(places, bench.time, switches, new Refused(counter, observed));

  private void take(int many) {
    for (int i = 0; i < many; i++) {
      shed.apply(bench.call(SAFE), exchange -> bench.step.proceed(exchange));
    }
    bench.step.asked.clear();
  }

  private void handle(Duration took, @Nullable CommsException failure) {
    Exchange exchange = bench.call(SAFE);
    wanted.apply(exchange, bench.step);
    bench.time.advance(took);
    exchange.end(failure);
    bench.step.asked.clear();
  }

  private boolean begins(Duration left) {
    int before = bench.step.asked.size();
    wanted.apply(bench.exchange(Verb.ANSWER, SAFE, left), bench.step);
    return bench.step.asked.size() > before;
  }

  @Test
  void whatIsLateByNowIsNotBegunAndSaidToBeWithoutEffect() {
    CommsException failure =
        failureOf(wanted.apply(bench.exchange(Verb.ANSWER, SAFE, Duration.ZERO), bench.step));
    assertThat(failure.kind()).isEqualTo(Kind.DEADLINE_EXCEEDED);
    assertThat(failure.effect()).isEqualTo(Effect.NONE);
    assertThat(bench.step.asked).isEmpty();
    assertThat(counter.count()).isEqualTo(1);
  }

  @Test
  void whileManyWaitWhatCannotBeDoneInTimeIsNotBegun() {
    for (int i = 0; i < 100; i++) {
      handle(Duration.ofMillis(100), null);
    }
    assertThat(begins(Duration.ofMillis(1))).as("nobody waits").isTrue();
    take(2);
    assertThat(begins(Duration.ofMillis(150))).isFalse();
    assertThat(begins(Duration.ofMillis(250))).isTrue();
    assertThat(observed.count()).isZero();
    switches.limits(Mode.OBSERVE);
    assertThat(begins(Duration.ofMillis(150))).as("only counted").isTrue();
    assertThat(observed.count()).isEqualTo(1);
  }

  @Test
  void whatFailedSaysNothingOfHowLongHandlingTakes() {
    for (int i = 0; i < 100; i++) {
      handle(Duration.ofMillis(100), Failures.failed());
    }
    take(2);
    assertThat(begins(Duration.ofMillis(1))).isTrue();
  }

  @Test
  void whatWasOnceSlowIsTriedAgain() {
    for (int i = 0; i < 100; i++) {
      handle(Duration.ofSeconds(1), null);
    }
    take(2);
    int refused = 0;
    while (!begins(Duration.ofMillis(500))) {
      refused++;
    }
    assertThat(refused).isPositive().isLessThan(200);
  }
}
