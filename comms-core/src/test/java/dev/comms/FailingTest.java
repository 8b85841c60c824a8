package dev.comms;

import static org.assertj.core.api.Assertions.assertThat;

import dev.comms.contract.CommsException;
import dev.comms.contract.CommsException.Facts;
import dev.comms.contract.Effect;
import dev.comms.contract.Fault;
import dev.comms.fake.FakeDelivery;
import dev.comms.fake.FakeTasks;
import dev.comms.fake.ManualTime;
import dev.comms.policy.Policies;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.opentelemetry.api.OpenTelemetry;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class FailingTest {
  private static final Terms<String> TERMS = Terms.of(Fixture.MAIL, new FakeTasks());
  private final Engine engine =
      new Engine(
          "failing-test",
          new SimpleMeterRegistry(),
          new ManualTime(),
          Policies.standard(),
          OpenTelemetry.noop(),
          Runnable::run);
  private final FakeDelivery delivery = FakeDelivery.of("test.mail", "1", null, "hi");

  private Failing decided(String contract, Effect effect) {
    CommsException full =
        new CommsException.Overloaded(
            Facts.of(contract).effect(effect).fault(Fault.OVERLOAD).message("full"));
    return Failing.of(delivery, 5, TERMS, full, engine);
  }

  @Test
  void whatNoThreadTookIsGivenBackAfterAPauseAndIsNoAttempt() {
    Failing own = decided("test.mail", Effect.NONE);
    assertThat(own.step()).isEqualTo(Failing.Step.GIVE_BACK);
    assertThat(own.pause()).isGreaterThanOrEqualTo(Duration.ofMillis(500));
  }

  @Test
  void aNestedCallThatWasRefusedIsAnAttempt() {
    assertThat(decided("payments/Charge", Effect.NONE).reason()).isEqualTo("attempts");
  }

  @Test
  void aServiceThatGoesDownGivesBackWhateverFailed() {
    engine.phase(Engine.Phase.CLOSED);
    CommsException failed = new CommsException.Failed(Facts.of("test.mail"));
    assertThat(Failing.of(delivery, 5, TERMS, failed, engine).step())
        .isEqualTo(Failing.Step.GIVE_BACK);
  }
}
