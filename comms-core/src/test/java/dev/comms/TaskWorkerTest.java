package dev.comms;

import static dev.comms.Fixture.MAIL;
import static dev.comms.Fixture.SOON;
import static dev.comms.Fixture.comms;
import static dev.comms.Fixture.policies;
import static dev.comms.Fixture.valueOf;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.comms.contract.Backoff;
import dev.comms.contract.Code;
import dev.comms.contract.Codec;
import dev.comms.contract.CommsException;
import dev.comms.contract.Context;
import dev.comms.contract.Handler;
import dev.comms.contract.Task;
import dev.comms.contract.Verdict;
import dev.comms.fake.FakeDelivery;
import dev.comms.fake.FakeTasks;
import dev.comms.fake.Text;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.slf4j.MDC;

class TaskWorkerTest {
  private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
  private final Comms comms = comms(meters, policies());
  private final FakeTasks transport = new FakeTasks();
  private final AtomicInteger handled = new AtomicInteger();

  @AfterEach
  void close() {
    comms.close();
  }

  private FakeDelivery one(String body) {
    return FakeDelivery.of("test.mail", "id-1", null, body);
  }

  private String settled(FakeDelivery delivery, Task<String> task, Handler.Work<String> handler) {
    comms
        .tasks(transport)
        .handle(
            task,
            Workers.of(2),
            (text, context) -> {
              handled.incrementAndGet();
              handler.handle(text, context);
            });
    comms.start();
    transport.consumer.deliver(delivery);
    String how = valueOf(delivery.settled);
    assertThat(delivery.settlements).as("settled exactly once").hasSize(1);
    return how;
  }

  private String settled(Handler.Work<String> handler) {
    return settled(one("hello"), MAIL, handler);
  }

  /** It is counted when the copy is confirmed, which may be a moment after that was asked for. */
  private boolean countedAsDead(String reason) {
    Counter counter = meters.find("comms.dead.letters").tag("reason", reason).counter();
    return counter != null && counter.count() == 1;
  }

  @Test
  void aHandlerThatReturnsHasDoneIt() {
    assertThat(settled((mail, context) -> {})).isEqualTo("done");
    assertThat(transport.consumer.slots).isEqualTo(2);
  }

  @Test
  void aHandlerThatThrowsIsTriedAgainAfterTheBackoff() {
    FakeDelivery delivery = one("hello");
    Handler.Work<String> broken =
        (mail, context) -> {
          throw new IllegalStateException("smtp is gone");
        };
    assertThat(settled(delivery, MAIL, broken)).isEqualTo("retry");
    assertThat(delivery.pause).isEqualTo(SOON.first());
    assertThat(delivery.why).hasMessageContaining("IllegalStateException: smtp is gone");
  }

  @Test
  void anErrorIsAFailureAsWell() {
    assertThat(
            settled(
                (mail, context) -> {
                  throw new AssertionError("no");
                }))
        .isEqualTo("retry");
  }

  @Test
  void aHandlerSaysItselfHowLongToWait() {
    FakeDelivery delivery = one("hello");
    Handler.Work<String> busy =
        (mail, context) -> {
          throw Verdict.retryAfter(Duration.ofMinutes(3));
        };
    assertThat(settled(delivery, MAIL, busy)).isEqualTo("retry");
    assertThat(delivery.pause).isEqualTo(Duration.ofMinutes(3));
  }

  @Test
  void afterItsLastAttemptItIsDead() {
    FakeDelivery delivery = one("hello");
    delivery.attempt = 5;
    Handler.Work<String> broken =
        (mail, context) -> {
          throw new IllegalStateException("still");
        };
    assertThat(settled(delivery, MAIL, broken)).isEqualTo("dead: attempts");
    await().until(() -> countedAsDead("attempts"));
  }

  @Test
  void aVerdictRejectsItAtOnce() {
    FakeDelivery delivery = one("hello");
    Handler.Work<String> refusing =
        (mail, context) -> {
          throw Verdict.reject("no such address");
        };
    assertThat(settled(delivery, MAIL, refusing)).isEqualTo("dead: rejected");
    assertThat(delivery.why).hasMessageContaining("no such address");
  }

  @Test
  void aNoOfAnotherServiceRejectsItAtOnce() {
    assertThat(
            settled(
                (mail, context) -> {
                  throw new CommsException.Rejected(Code.NOT_FOUND, "no such user");
                }))
        .isEqualTo("dead: rejected");
  }

  @Test
  void whatCannotBeDecodedIsDeadWithItsBytesUntouched() {
    FakeDelivery delivery = one("bad");
    assertThat(settled(delivery, MAIL, (mail, context) -> {})).isEqualTo("dead: malformed");
    assertThat(delivery.envelope().body()).asString().isEqualTo("bad");
    assertThat(handled).hasValue(0);
    assertThat(delivery.why).hasMessageContainingAll("test.mail", "3 bytes cannot be decoded");
  }

  @Test
  void whatExpiredWhileItWasTriedIsDead() {
    Instant now = Instant.now();
    FakeDelivery delivery = new FakeDelivery(one("hello").envelope().expires(now.minusSeconds(60)));
    assertThat(settled(delivery, MAIL, (mail, context) -> {})).isEqualTo("dead: expired");
    assertThat(handled).hasValue(0);
  }

  @Test
  void whatEndedThreeConsumersIsDeadWithoutBeingHandled() {
    FakeDelivery delivery = one("hello");
    delivery.crashes = 3;
    assertThat(settled(delivery, MAIL, (mail, context) -> {})).isEqualTo("dead: crashes");
    assertThat(handled).hasValue(0);
    assertThat(delivery.why).hasMessageContaining("3 times");
  }

  @Test
  void whatEndedTwoConsumersIsHandled() {
    FakeDelivery delivery = one("hello");
    delivery.crashes = 2;
    assertThat(settled(delivery, MAIL, (mail, context) -> {})).isEqualTo("done");
  }

  @Test
  void aHandlerThatIsTooSlowIsTriedAgain() {
    Task<String> quick =
        Task.named("test.quick", new Text()).eachAttemptWithin(Duration.ofMillis(50)).backoff(SOON);
    CountDownLatch never = new CountDownLatch(1);
    FakeDelivery delivery = one("hello");
    assertThat(settled(delivery, quick, (mail, context) -> never.await())).isEqualTo("retry");
    assertThat(delivery.why).isInstanceOf(CommsException.DeadlineExceeded.class);
  }

  @Test
  void theHandlerKnowsItsMessage() {
    FakeDelivery delivery = new FakeDelivery(one("hello").envelope().key("k").header("trace", "x"));
    delivery.attempt = 3;
    CompletableFuture<Context> seen = new CompletableFuture<>();
    CompletableFuture<String> mdc = new CompletableFuture<>();
    settled(
        delivery,
        MAIL,
        (mail, context) -> {
          assertThat(Context.current()).isSameAs(context);
          mdc.complete(MDC.get("contract") + " " + MDC.get("id") + " " + MDC.get("attempt"));
          seen.complete(context);
        });
    assertThat(valueOf(mdc)).isEqualTo("test.mail id-1 3");
    Context context = valueOf(seen);
    assertThat(context.contract()).isEqualTo("test.mail");
    assertThat(context.id()).isEqualTo("id-1");
    assertThat(context.key()).isEqualTo("k");
    assertThat(context.attempt()).isEqualTo(3);
    assertThat(context.headers()).containsEntry("trace", "x");
    assertThat(context.deadline().remaining()).isLessThanOrEqualTo(MAIL.eachAttemptWithin());
  }

  @Test
  void whatCannotBeSettledIsReportedAndTheLoopGoesOn() {
    FakeDelivery delivery = one("hello");
    delivery.settling = CompletableFuture.failedFuture(new IllegalStateException("gone"));
    assertThat(settled(delivery, MAIL, (mail, context) -> {})).isEqualTo("done");
    FakeDelivery next = transport.consumer.deliver(one("next"));
    assertThat(valueOf(next.settled)).isEqualTo("done");
  }

  private static final Task<String> PATIENT =
      MAIL.backoff(new Backoff(Duration.ofMinutes(1), Duration.ofMinutes(1)));

  private static CommsException nested(CommsException failure) {
    return failure.with(failure.facts().contract("payments/Charge"));
  }

  @Test
  void anOverloadedPeerIsAskedAgainAfterTheBackoffAtTheEarliest() {
    CommsException.Facts facts =
        CommsException.Facts.of("payments/Charge").retryAfter(Duration.ofMillis(100));
    FakeDelivery delivery = one("hello");
    String how =
        settled(
            delivery,
            PATIENT,
            (mail, context) -> {
              throw new CommsException.Overloaded(facts);
            });
    assertThat(how).isEqualTo("retry");
    assertThat(delivery.pause).isGreaterThan(Duration.ofSeconds(40));
  }

  @Test
  void anAnswerThatANestedCallCannotReadIsNoMalformedTask() {
    CommsException.Facts facts = CommsException.Facts.of("payments/Charge");
    String how =
        settled(
            (mail, context) -> {
              throw new CommsException.Malformed(facts);
            });
    assertThat(how).isEqualTo("retry");
  }

  @Test
  void aNoThatMayChangeIsAskedAgain() {
    String how =
        settled(
            (mail, context) -> {
              throw nested(new CommsException.Rejected(Code.UNAUTHENTICATED, "token expired"));
            });
    assertThat(how).isEqualTo("retry");
  }

  @Test
  void whatTheBrokerTookBackBeforeAThreadWasFreeIsNotBegun() {
    FakeDelivery delivery = one("hello");
    delivery.revoked = true;
    assertThat(settled(delivery, MAIL, (mail, context) -> {})).isEqualTo("given back");
    assertThat(handled).hasValue(0);
  }

  @Test
  void aTransportThatThrowsWhenItSettlesKeepsNoPlace() {
    FakeDelivery thrower = new FakeDelivery(one("first").envelope());
    thrower.throwing = new IllegalStateException("a bug of the transport");
    assertThat(settled(thrower, MAIL, (mail, context) -> {})).isEqualTo("done");
    for (int i = 0; i < 3; i++) {
      FakeDelivery next = new FakeDelivery(FakeDelivery.message("test.mail", "id-" + i, "next"));
      next.throwing = thrower.throwing;
      transport.consumer.deliver(next);
      assertThat(valueOf(next.settled)).isEqualTo("done");
    }
  }

  @Test
  void aNestedVerbOfTheSameContractFailsTheHandlerAndIsNotTheMessagesOwnFailure() {
    Handler.Work<String> resubmits =
        (mail, context) -> {
          throw new CommsException.Malformed(
              CommsException.Facts.of("test.mail").message("the copy cannot be encoded"));
        };
    assertThat(settled(resubmits)).isEqualTo("retry");
  }

  @Test
  void aPayloadThatIsNestedTooDeeplyIsDeadAsMalformed() {
    Task<String> deep =
        Task.named(
                "test.mail",
                new Codec<String>() {
                  @Override
                  public String contentType() {
                    return "text/plain";
                  }

                  @Override
                  public byte[] encode(String value) {
                    return new byte[0];
                  }

                  @Override
                  public String decode(byte[] bytes) {
                    throw new StackOverflowError("as a parser has it, nested too deeply");
                  }
                })
            .eachAttemptWithin(Duration.ofSeconds(20));
    assertThat(settled(one("((((("), deep, (mail, context) -> {})).isEqualTo("dead: malformed");
    assertThat(handled).hasValue(0);
  }
}
