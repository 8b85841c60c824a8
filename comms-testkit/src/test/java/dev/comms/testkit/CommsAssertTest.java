package dev.comms.testkit;

import static dev.comms.testkit.CommsAssertions.assertThat;
import static dev.comms.testkit.Talks.ASK;
import static dev.comms.testkit.Talks.MAIL;
import static dev.comms.testkit.Talks.SEEN;
import static java.time.Duration.ofMinutes;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.comms.Group;
import dev.comms.Submit;
import dev.comms.Workers;
import dev.comms.contract.Code;
import dev.comms.contract.CommsException;
import dev.comms.contract.Download;
import dev.comms.spi.EventTransport.Start;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class CommsAssertTest {
  private final TestComms comms = TestComms.create(99);

  @AfterEach
  void close() {
    comms.close();
  }

  @Test
  void theyReadAloud() {
    comms.serve().answer(ASK, (question, context) -> "42");
    comms.calls().call(ASK, "why");
    comms.tasks().submit(MAIL, "ada");
    for (int i = 0; i < 3; i++) {
      comms.events().publish(SEEN, "a-" + i);
    }

    assertThat(comms)
        .called(ASK)
        .once()
        .with(question -> question.equals("why"))
        .submitted(MAIL)
        .once()
        .published(SEEN)
        .times(3)
        .withKey("a")
        .nothingElse();
    assertThat(comms).published(SEEN).with(text -> text.endsWith("2")).once().withKey("a");
    assertThat(comms).neverHandled(MAIL).neverDeadLettered(MAIL);
    assertThat(assertThat(comms).published(SEEN).payloads()).containsExactly("a-0", "a-1", "a-2");
  }

  @Test
  void aFailureShowsTheHistoryWithVirtualTimesAndTheSeed() {
    comms
        .tasks()
        .handle(
            MAIL,
            Workers.of(1),
            (text, context) -> {
              throw new CommsException.Rejected(Code.INVALID_ARGUMENT, "no such address");
            });
    comms.tasks().submit(MAIL, "ada", Submit.after(ofMinutes(10)));
    comms.clock().advance(ofMinutes(10));

    assertThatThrownBy(() -> assertThat(comms).handled(MAIL).once())
        .isInstanceOf(AssertionError.class)
        .hasMessage(
            """
            expected mail handled, but that never happened

            What happened (seed 99):
              00:00:00.000  submitted     mail #1  ada  to run in PT10M
              00:10:00.000  dead lettered mail #1  rejected: no such address
            """);
  }

  @Test
  void wrongCountsAndConditionsFail() {
    comms.tasks().submit(MAIL, "ada");
    comms.events().publish(SEEN, "a-1");
    comms.events().publish(SEEN, "b-1");

    fails(() -> assertThat(comms).submitted(MAIL).times(2), "mail submitted 2 times, but it was 1");
    fails(() -> assertThat(comms).published(SEEN).times(2).withKey("a"), "with key a");
    fails(() -> assertThat(comms).submitted(MAIL).with(text -> text.isEmpty()), "such a payload");
    fails(() -> assertThat(comms).submitted(MAIL).withId("x"), "with id x");
    fails(() -> assertThat(comms).neverSent(MAIL), "must never be");
    fails(() -> assertThat(comms).deadLettered(MAIL), "mail dead-lettered");
    fails(() -> assertThat(comms).called(ASK), "ask called");
  }

  @Test
  void whatWasNotSaidFailsNothingElse() {
    comms.tasks().submit(MAIL, "ada");
    comms.events().publish(SEEN, "a-1");
    comms.events().publish(SEEN, "b-1");

    fails(() -> assertThat(comms).submitted(MAIL).once().nothingElse(), "published seen");
    fails(
        () -> assertThat(comms).submitted(MAIL).published(SEEN).withKey("a").nothingElse(),
        "published seen");
  }

  @Test
  void anOpenedStreamIsSaidOfAsACallIs() {
    Download<String, String> watch =
        Download.named("watch", Talks.TEXT, Talks.TEXT)
            .firstWithin(ofMinutes(1))
            .idleWithin(ofMinutes(1))
            .totalWithin(ofMinutes(1));
    comms.serve().stream(watch, (query, out, context) -> out.accept("one"));

    try (var answers = comms.calls().open(watch, "stock")) {
      answers.next();
    }

    assertThat(comms).called(watch).once().with(query -> query.equals("stock")).nothingElse();
  }

  @Test
  void deadLettersOfAnEventAreSeenWithTheirReason() {
    comms
        .events()
        .handle(
            SEEN.attempts(1),
            Group.named("g").startsAt(Start.EARLIEST),
            (text, context) -> {
              throw new IllegalStateException("full");
            });
    comms.events().publish(SEEN, "a-1");

    assertThat(comms).deadLettered(SEEN).once().because("full").withKey("a");
    fails(() -> assertThat(comms).deadLettered(SEEN).because("empty"), "because 'empty'");
  }

  private static void fails(ThrowingCallable assertion, String why) {
    assertThatThrownBy(assertion)
        .isInstanceOf(AssertionError.class)
        .hasMessageContaining(why)
        .hasMessageContaining("What happened (seed 99)");
  }
}
