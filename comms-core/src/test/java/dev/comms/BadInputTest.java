package dev.comms;

import static dev.comms.Fixture.ECHO;
import static dev.comms.Fixture.MAIL;
import static dev.comms.Fixture.SEEN;
import static dev.comms.Fixture.comms;
import static dev.comms.Fixture.policies;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.comms.contract.CommsException;
import dev.comms.contract.CommsException.Malformed;
import dev.comms.contract.CommsException.Misconfigured;
import dev.comms.contract.Effect;
import dev.comms.fake.FakeCalls;
import dev.comms.fake.FakeEvents;
import dev.comms.fake.FakeTasks;
import dev.comms.spi.Ability;
import dev.comms.spi.EventTransport.Start;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What the verbs refuse, naming what was wrong and how to mend it. */
class BadInputTest {
  private final Comms comms = comms(new SimpleMeterRegistry(), policies());
  private final FakeCalls there = new FakeCalls(FakeCalls.Attempt::echo);
  private final FakeTasks broker = new FakeTasks();
  private final FakeEvents log = new FakeEvents();
  private final Calls calls = comms.calls(there);
  private final Tasks tasks = comms.tasks(broker);
  private final Events events = comms.events(log);

  BadInputTest() {
    log.abilities = Set.of(Ability.REPLAY, Ability.DEAD_EVENTS);
  }

  @AfterEach
  void close() {
    comms.close();
  }

  private List<Runnable> verbs() {
    return List.of(
        () -> calls.call(ECHO, "hi"),
        () -> tasks.submit(MAIL, "hi"),
        () -> tasks.submitAll(MAIL, List.of("hi")),
        () -> tasks.redrive(MAIL).run(),
        () -> events.publish(SEEN, "hi"),
        () -> events.publishAll(SEEN, List.of("hi")),
        () -> events.replay(SEEN).from(Instant.EPOCH).each((text, context) -> {}),
        () -> events.redrive(SEEN, "group").run());
  }

  @Test
  void aVerbBeforeTheStartSaysSo() {
    for (Runnable verb : verbs()) {
      assertThatExceptionOfType(Misconfigured.class)
          .isThrownBy(verb::run)
          .withMessageContainingAll("test.", "before comms.start()");
    }
  }

  @Test
  void aVerbAfterTheCloseSaysSoAndDidNothing() {
    comms.start();
    comms.close();
    for (Runnable verb : verbs()) {
      assertThatExceptionOfType(CommsException.class)
          .isThrownBy(verb::run)
          .withMessageContainingAll("test.", "after comms.close()")
          .satisfies(failure -> assertThat(failure.effect()).isEqualTo(Effect.NONE));
    }
    assertThat(there.attempts).isEmpty();
    assertThat(broker.sent).isEmpty();
    assertThat(log.published).isEmpty();
  }

  @Test
  @SuppressWarnings("NullAway")
  void aPayloadThatIsNullOrCannotBeEncodedIsTheCallersFaultAndSendsNothing() {
    comms.start();
    for (String bad : new String[] {null, "bad"}) {
      List<Runnable> verbs =
          List.of(
              () -> calls.call(ECHO, bad),
              () -> tasks.submit(MAIL, bad),
              () -> events.publish(SEEN, bad));
      for (Runnable verb : verbs) {
        assertThatExceptionOfType(Malformed.class)
            .isThrownBy(verb::run)
            .withMessageContainingAll("test.", "the payload cannot be encoded")
            .satisfies(failure -> assertThat(failure.effect()).isEqualTo(Effect.NONE));
      }
    }
    assertThat(there.attempts).isEmpty();
    assertThat(broker.sent).isEmpty();
    assertThat(log.published).isEmpty();
  }

  @Test
  void headersThatAreLargeTogetherAreRefused() {
    Calls one = calls.header("a", "x".repeat(4_096));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> one.header("b", "x".repeat(2_048)))
        .withMessageContainingAll("the 2 of them", "may take 6144", "into the payload");
    assertThat(Headers.all(Map.of("a", "b"))).containsOnlyKeys("a");
  }

  @Test
  void aSecondHandlerForTheSameIsRefusedByName() {
    tasks.handle(MAIL, Workers.of(1), (text, context) -> {});
    assertThatExceptionOfType(Misconfigured.class)
        .isThrownBy(() -> tasks.handle(MAIL, Workers.of(1), (text, context) -> {}))
        .withMessageContainingAll("task test.mail", "has a handler already", "concurrency");
    Group group = Group.named("analytics").startsAt(Start.LATEST);
    events.handle(SEEN, group, (text, context) -> {});
    assertThatExceptionOfType(Misconfigured.class)
        .isThrownBy(() -> events.handle(SEEN, group, (text, context) -> {}))
        .withMessageContainingAll("test.seen", "analytics", "has a handler already");
  }
}
