package dev.comms;

import static dev.comms.Fixture.MAIL;
import static dev.comms.Fixture.SEEN;
import static dev.comms.Fixture.comms;
import static dev.comms.Fixture.policies;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

import dev.comms.contract.CommsException;
import dev.comms.contract.CommsException.UnknownOutcome;
import dev.comms.contract.Context;
import dev.comms.contract.Effect;
import dev.comms.contract.Time;
import dev.comms.fake.FakeEvents;
import dev.comms.fake.FakeTasks;
import dev.comms.spi.Envelope;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.assertj.core.api.Assertions;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ConfirmTest {
  private final Comms comms = comms(new SimpleMeterRegistry(), policies());
  private final FakeTasks tasks = new FakeTasks();
  private final FakeEvents events = new FakeEvents();
  private final Tasks mails = comms.tasks(tasks);
  private final Events log = comms.events(events);
  private final Context hurried = Fixture.context(Time.system(), Duration.ofMillis(100), Map.of());

  ConfirmTest() {
    tasks.broker = silent -> {};
    events.confirm = new CompletableFuture<>();
    comms.start();
  }

  @AfterEach
  void close() {
    comms.close();
  }

  @Test
  void aSubmitThatIsNeverConfirmedEndsUnknownWithItsId() {
    assertThatExceptionOfType(UnknownOutcome.class)
        .isThrownBy(() -> hurried.wrap(() -> mails.submit(MAIL, "hi")).call())
        .satisfies(
            unknown -> {
              assertThat(unknown.id()).isEqualTo(tasks.sent.get(0).message().id());
              assertThat(unknown.effect()).isEqualTo(Effect.POSSIBLE);
            });
  }

  @Test
  void aPublishThatIsNeverConfirmedEndsUnknownWithItsId() {
    assertThatExceptionOfType(UnknownOutcome.class)
        .isThrownBy(() -> hurried.wrap(() -> log.publish(SEEN, "hi")).call())
        .satisfies(unknown -> assertThat(unknown.id()).isEqualTo(events.published.get(0).id()));
  }

  @Test
  void anInterruptedSubmitIsUnknownTooAndTheThreadStaysInterrupted() {
    Thread.currentThread().interrupt();
    assertThatExceptionOfType(UnknownOutcome.class).isThrownBy(() -> mails.submit(MAIL, "hi"));
    assertThat(Thread.interrupted()).isTrue();
  }

  @Test
  void cancellingASubmitOrAPublishReachesTheTransport() {
    CompletableFuture<String> submitted = mails.submitAsync(MAIL, "hi");
    CompletableFuture<String> published = log.publishAsync(SEEN, "hi");
    submitted.cancel(true);
    published.cancel(true);
    await().until(() -> tasks.sent.get(0).confirm().isCancelled());
    await().until(() -> events.confirm.isCancelled());
  }

  @Test
  void nullIsNoPayload() {
    assertThatExceptionOfType(CommsException.Malformed.class)
        .isThrownBy(() -> mails.submit(MAIL, null))
        .withMessageContainingAll("test.mail", "cannot be encoded");
    assertThat(tasks.sent).isEmpty();
  }

  @Test
  void anEventThatExpiresSaysSoOnTheWire() {
    FakeEvents log = new FakeEvents();
    try (Comms own = Fixture.comms(new SimpleMeterRegistry(), Fixture.policies())) {
      Events events = own.events(log);
      own.start();
      events.publish(Fixture.SEEN.expiresAfter(Duration.ofHours(1)), "hi");
      events.publish(Fixture.SEEN, "hi");
    }
    Envelope message = log.published.get(0);
    assertThat(message.expires()).isEqualTo(message.time().plus(Duration.ofHours(1)));
    assertThat(log.published.get(1).expires()).as("for ever").isNull();
    Assertions.assertThatIllegalArgumentException()
        .isThrownBy(() -> Fixture.SEEN.expiresAfter(Duration.ZERO))
        .withMessageContainingAll("test.seen", "expiresAfter is PT0S", "more than 0");
  }
}
