package dev.comms;

import static dev.comms.Fixture.MAIL;
import static dev.comms.Fixture.comms;
import static dev.comms.Fixture.policies;
import static dev.comms.Fixture.valueOf;
import static org.assertj.core.api.Assertions.assertThat;

import dev.comms.contract.Context;
import dev.comms.fake.FakeDelivery;
import dev.comms.fake.FakeTasks;
import dev.comms.fake.ManualTime;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A task's life is its own: what its submitter had left says nothing of it. */
class DeadlineLawTest {
  private static final Duration LITTLE = Duration.ofMillis(50);

  private final ManualTime time = new ManualTime();
  private final Comms comms = comms(new SimpleMeterRegistry(), policies(), time);
  private final FakeTasks broker = new FakeTasks();
  private final Tasks tasks = comms.tasks(broker);

  @AfterEach
  void close() {
    comms.close();
  }

  private void submittedInAHurry(Submit how) throws Exception {
    tasks.handle(MAIL, Workers.of(1), (mail, context) -> {});
    comms.start();
    Context hurried = Fixture.context(time, LITTLE, Map.of());
    hurried.wrap(() -> tasks.submit(MAIL, "hi", how)).call();
    assertThat(broker.sent.get(0).confirmBy().remaining()).isEqualTo(LITTLE);
  }

  private String workedAfter(Duration wait) {
    time.advance(wait);
    FakeDelivery delivery = new FakeDelivery(broker.sent.get(0).message());
    broker.consumer.deliver(delivery);
    return valueOf(delivery.settled);
  }

  @Test
  void aTaskSubmittedWith50MsLeftAndWorkedAnHourLaterStillRuns() throws Exception {
    submittedInAHurry(Submit.now());
    assertThat(workedAfter(Duration.ofHours(1))).isEqualTo("done");
  }

  @Test
  void itEndsByItsOwnExpiryAndByNothingElse() throws Exception {
    submittedInAHurry(Submit.now().expiresAfter(Duration.ofMinutes(30)));
    assertThat(workedAfter(Duration.ofHours(1))).isEqualTo("dead: expired");
  }

  @Test
  void beforeItsExpiryItRunsHoweverLittleItsSubmitterHadLeft() throws Exception {
    submittedInAHurry(Submit.now().expiresAfter(Duration.ofHours(2)));
    assertThat(workedAfter(Duration.ofHours(1))).isEqualTo("done");
  }
}
