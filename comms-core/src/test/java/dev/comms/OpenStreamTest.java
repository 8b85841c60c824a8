package dev.comms;

import static dev.comms.Fixture.TEXT;
import static dev.comms.Fixture.failureOf;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.comms.contract.CommsException;
import dev.comms.contract.CommsException.Kind;
import dev.comms.contract.Deadline;
import dev.comms.contract.Dialogue;
import dev.comms.contract.Fault;
import dev.comms.contract.Upload;
import dev.comms.fake.Failures;
import dev.comms.fake.FakePipe;
import dev.comms.fake.ManualTime;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

class OpenStreamTest {
  private static final Dialogue<String, String> TALK =
      Dialogue.named("test.talk", TEXT, TEXT)
          .firstWithin(Duration.ofSeconds(1))
          .idleWithin(Duration.ofSeconds(2))
          .totalWithin(Duration.ofSeconds(10));
  private static final Upload<String, String> SEND =
      Upload.named("test.send", TEXT, TEXT)
          .firstWithin(Duration.ofSeconds(1))
          .idleWithin(Duration.ofSeconds(2))
          .totalWithin(Duration.ofSeconds(10));

  private final ManualTime time = new ManualTime();
  private final FakePipe pipe = new FakePipe();
  private final Deadline total = Deadline.after(time, TALK.totalWithin());
  private final Talk<String, String> talk =
      new Talk<>(TALK, OpenStream.callers(TALK, pipe, time, total));
  private final Uploading<String, String> uploading =
      new Uploading<>(SEND, OpenStream.callers(SEND, pipe, time, total));

  /** What comes of waiting while the clock is turned by this. */
  private CommsException waiting(Duration by, Callable<?> wait) {
    CompletableFuture<Object> done = new CompletableFuture<>();
    Thread waiter =
        new Thread(
            () -> {
              try {
                done.complete(wait.call());
              } catch (Exception failure) {
                done.completeExceptionally(failure);
              }
            },
            "waiter");
    waiter.setDaemon(true);
    waiter.start();
    await().until(() -> time.timers() == 1);
    time.advance(by.minusMillis(1));
    assertThat(done).as("not before its limit").isNotDone();
    time.advance(Duration.ofMillis(1));
    return failureOf(done);
  }

  private void endedBy(CommsException late, String limit, Fault fault) {
    assertThat(late.kind()).isEqualTo(Kind.DEADLINE_EXCEEDED);
    assertThat(late).hasMessageContaining(limit);
    assertThat(late.fault()).isEqualTo(fault);
    assertThat(pipe.cancelled).as("it ends the stream").isSameAs(late);
  }

  @Test
  void theFirstMessageHasTheFirstLimit() {
    endedBy(waiting(TALK.firstWithin(), talk::hasNext), "firstWithin PT1S", Fault.REMOTE);
    assertThat(talk.hasNext()).as("it has ended").isFalse();
  }

  @Test
  void everyOtherMessageHasTheIdleLimit() {
    pipe.say("one");
    talk.next();
    endedBy(waiting(TALK.idleWithin(), talk::hasNext), "idleWithin PT2S", Fault.REMOTE);
  }

  @Test
  void theWholeEndsAWaitThatHasTimeLeft() {
    pipe.say("one");
    talk.next();
    time.advance(Duration.ofSeconds(9));
    endedBy(
        waiting(Duration.ofSeconds(1), talk::hasNext), "outlived totalWithin PT10S", Fault.CALLER);
  }

  @Test
  void aPeerThatTakesNothingHasTheIdleLimit() {
    pipe.taken = new CompletableFuture<>();
    endedBy(waiting(TALK.idleWithin(), () -> talk.send("hi")), "took nothing", Fault.REMOTE);
  }

  @Test
  void theReplyToAnUploadHasTheIdleLimitFromItsLastMessage() {
    endedBy(waiting(SEND.idleWithin(), uploading::finish), "no reply", Fault.REMOTE);
    assertThat(pipe.finished).isTrue();
  }

  @Test
  void onTheAnsweringSideSilenceIsTheCallersFault() {
    OpenStream answering = OpenStream.answerers(TALK, pipe, time, total);
    endedBy(waiting(TALK.firstWithin(), answering::readFirst), "firstWithin", Fault.CALLER);
  }

  @Test
  void whatThePeerSaysOfItsOwnLimitsIsLeftAsItIs() {
    pipe.breakBy(Failures.late(Fault.REMOTE));
    assertThatThrownBy(talk::hasNext)
        .isInstanceOf(CommsException.DeadlineExceeded.class)
        .hasMessageContaining("late")
        .hasMessageNotContaining("firstWithin");
  }

  @Test
  void theEndOfTheTransportAtTheDeadlineIsTheWholeLimit() {
    time.advance(TALK.totalWithin());
    pipe.breakBy(Failures.late(Fault.CALLER));
    assertThatThrownBy(talk::hasNext).hasMessageContaining("totalWithin PT10S");
  }

  @Test
  void anUploadWithoutAReplyHasFailed() {
    pipe.finishThere();
    assertThatThrownBy(uploading::finish)
        .isInstanceOf(CommsException.Failed.class)
        .hasMessageContaining("without a reply");
  }

  @Test
  void twoRepliesToAnUploadAreAFailure() {
    pipe.say("one");
    pipe.say("two");
    assertThatThrownBy(uploading::finish)
        .isInstanceOf(CommsException.Failed.class)
        .hasMessageContaining("replied twice");
    assertThat(pipe.cancelled).isNotNull();
  }

  @Test
  void aReplyCountsOnlyWithTheRegularEndBehindIt() {
    pipe.say("one");
    pipe.breakBy(Failures.broken());
    assertThatThrownBy(uploading::finish).isInstanceOf(CommsException.Unavailable.class);
  }

  @Test
  void aMessageThatCannotBeEncodedIsNotSentAndTheStreamStaysOpen() {
    assertThatThrownBy(() -> talk.send("bad")).isInstanceOf(CommsException.Malformed.class);
    assertThat(talk.send("good")).isTrue();
    assertThat(pipe.written).containsExactly("good");
    assertThat(pipe.cancelled).isNull();
  }

  @Test
  void aMessageThatCannotBeDecodedEndsTheStream() {
    pipe.say("bad");
    assertThatThrownBy(talk::hasNext).isInstanceOf(CommsException.Malformed.class);
    assertThat(pipe.cancelled).isInstanceOf(CommsException.Malformed.class);
    assertThat(talk.hasNext()).isFalse();
  }

  @Test
  void nothingIsSentAfterTheOtherSideHasEnded() {
    pipe.finishThere();
    assertThat(talk.send("hi")).isFalse();
    assertThat(pipe.written).isEmpty();
  }

  @Test
  void sendingAfterTheLastIsAMistakeThatIsNamed() {
    talk.finishSending();
    talk.finishSending();
    assertThatThrownBy(() -> talk.send("hi"))
        .isInstanceOf(CommsException.Misconfigured.class)
        .hasMessageContainingAll("test.talk", "after the last");
  }

  @Test
  void closingEndsBothSides() {
    talk.close();
    assertThat(pipe.cancelled).isNotNull();
  }
}
