package dev.comms;

import static dev.comms.Fixture.MAIL;
import static dev.comms.Fixture.comms;
import static dev.comms.Fixture.policies;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.comms.contract.CommsException.Misconfigured;
import dev.comms.contract.Priority;
import dev.comms.fake.FakeTasks;
import dev.comms.fake.ManualTime;
import dev.comms.spi.Ability;
import dev.comms.spi.Order;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What a submission says reaches the transport, or is refused. */
class SubmitTest {
  private static final Duration HOUR = Duration.ofHours(1);

  private final ManualTime time = new ManualTime();
  private final Comms comms = comms(new SimpleMeterRegistry(), policies(), time);
  private final FakeTasks broker = new FakeTasks();
  private final Tasks tasks = comms.tasks(broker);

  SubmitTest() {
    broker.abilities = Set.of(Ability.PRIORITIES);
    comms.start();
  }

  @AfterEach
  void close() {
    comms.close();
  }

  private Order orderOf(Runnable submission) {
    submission.run();
    return broker.sent.get(broker.sent.size() - 1).order();
  }

  @Test
  void thePriorityIsTheTasksOwnUnlessTheSubmissionNamesOne() {
    assertThat(orderOf(() -> tasks.submit(MAIL, "hi"))).isSameAs(Order.NOW);
    assertThat(orderOf(() -> tasks.submit(MAIL.priority(Priority.LOW), "hi")).priority())
        .isEqualTo(Priority.LOW);
    Submit high = Submit.after(HOUR).priority(Priority.HIGH);
    assertThat(orderOf(() -> tasks.submit(MAIL.priority(Priority.LOW), "hi", high)))
        .isEqualTo(new Order(HOUR, Priority.HIGH));
  }

  @Test
  void aTransportWithoutPrioritiesRefusesAllButTheNormalOne() {
    broker.abilities = Set.of();
    for (Priority priority : new Priority[] {Priority.HIGH, Priority.LOW}) {
      assertThatExceptionOfType(Misconfigured.class)
          .isThrownBy(() -> tasks.submit(MAIL, "hi", Submit.now().priority(priority)))
          .withMessageContainingAll("test.mail", "fake-tasks has no priorities");
      assertThatExceptionOfType(Misconfigured.class)
          .isThrownBy(() -> tasks.submit(MAIL.priority(priority), "hi"));
    }
    Submit normal = Submit.now().priority(Priority.NORMAL);
    tasks.submit(MAIL.priority(Priority.HIGH), "hi", normal);
    assertThat(broker.sent).hasSize(1);
  }

  @Test
  void whatExpiresBeforeItMayRunIsRefused() {
    Submit never = Submit.at(time.now().plus(HOUR)).expiresAfter(Duration.ofMinutes(59));
    assertThatExceptionOfType(Misconfigured.class)
        .isThrownBy(() -> tasks.submit(MAIL, "hi", never))
        .withMessageContainingAll("test.mail", "expires after PT59M", "PT1H", "would never run");
    assertThat(broker.sent).isEmpty();
  }

  @Test
  void aMomentThatHasPassedIsNow() {
    Submit past = Submit.at(time.now().minus(HOUR)).expiresAfter(HOUR);
    assertThat(orderOf(() -> tasks.submit(MAIL, "hi", past))).isSameAs(Order.NOW);
    assertThat(broker.sent.get(0).message().expires()).isEqualTo(time.now().plus(HOUR));
  }
}
