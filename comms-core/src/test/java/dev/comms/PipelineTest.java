package dev.comms;

import static dev.comms.Fixture.ECHO;
import static dev.comms.Fixture.MAIL;
import static dev.comms.Fixture.ONCE;
import static dev.comms.Fixture.comms;
import static dev.comms.Fixture.failureOf;
import static dev.comms.Fixture.policies;
import static dev.comms.Fixture.valueOf;
import static org.assertj.core.api.Assertions.assertThat;

import dev.comms.contract.CommsException;
import dev.comms.contract.CommsException.Kind;
import dev.comms.contract.Deadline;
import dev.comms.contract.Fault;
import dev.comms.contract.Handler;
import dev.comms.contract.Time;
import dev.comms.fake.Failures;
import dev.comms.fake.FakeCallServer;
import dev.comms.fake.FakeCalls;
import dev.comms.fake.FakeDelivery;
import dev.comms.fake.FakeTasks;
import dev.comms.policy.Policies;
import dev.comms.policy.Policy;
import dev.comms.spi.Envelope;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * For each step of both orders one test that fails when the step is taken out; without threads some
 * would wait for themselves, hence the limit.
 */
@Timeout(60)
class PipelineTest {
  private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
  private final AtomicInteger seen = new AtomicInteger();
  private final CountDownLatch release = new CountDownLatch(1);
  private @Nullable Comms comms;

  /** Counts how often it is asked. */
  private final Policy counting =
      (exchange, next) -> {
        seen.incrementAndGet();
        return next.proceed(exchange);
      };

  @AfterEach
  void close() {
    release.countDown();
    if (comms != null) {
      comms.close();
    }
  }

  private static FakeCalls failingTwice() {
    AtomicInteger asked = new AtomicInteger();
    return new FakeCalls(
        attempt -> {
          if (asked.incrementAndGet() < 3) {
            attempt.reply().completeExceptionally(Failures.unreachable());
          } else {
            attempt.echo();
          }
        });
  }

  private Calls calling(FakeCalls transport, Policies policies) {
    Comms made = comms(meters, policies);
    comms = made;
    Calls calls = made.calls(transport);
    made.start();
    return calls;
  }

  private FakeCallServer serving(Policies policies, Handler.Answer<String, String> handler) {
    Comms made = comms(meters, policies);
    comms = made;
    FakeCallServer transport = new FakeCallServer();
    made.serve(transport).answer(ECHO, handler);
    made.start();
    return transport;
  }

  private FakeDelivery working(Policies policies, Envelope message, Handler.Work<String> handler) {
    Comms made = comms(meters, policies);
    comms = made;
    FakeTasks transport = new FakeTasks();
    made.tasks(transport).handle(MAIL, Workers.of(1), handler);
    made.start();
    return transport.consumer.deliver(new FakeDelivery(message));
  }

  private static Envelope mail() {
    return FakeDelivery.message("test.mail", "id-1", "hello");
  }

  @Test
  void sendingMeasuresTheWholeMessage() {
    calling(failingTwice(), policies()).call(ECHO, "hi");
    assertThat(meters.get("rpc.client.call.duration").tag("error.type", "none").timer().count())
        .isEqualTo(1);
  }

  @Test
  void sendingDoesNotBeginWhatIsLate() {
    FakeCalls transport = new FakeCalls(FakeCalls.Attempt::echo);
    Calls calls = calling(transport, policies()).within(Duration.ofNanos(1));
    CommsException failure = failureOf(calls.callAsync(ECHO, "hi"));
    assertThat(failure.kind()).isEqualTo(Kind.DEADLINE_EXCEEDED);
    assertThat(failure.fault()).isEqualTo(Fault.CALLER);
    assertThat(transport.attempts).isEmpty();
  }

  @Test
  void sendingAsksTheUsersMessagePolicyOnceHoweverManyAttempts() {
    calling(failingTwice(), policies().aroundMessage(counting)).call(ECHO, "hi");
    assertThat(seen).hasValue(1);
  }

  @Test
  void sendingRefusesWhatIsMoreThanItsRate() {
    Calls calls = calling(new FakeCalls(FakeCalls.Attempt::echo), policies().perSecond(1));
    int refused = 0;
    // 50, since the permits of the next second may come in the middle.
    for (int i = 0; i < 50; i++) {
      CompletableFuture<String> answer = calls.callAsync(ECHO, "hi");
      if (answer.isCompletedExceptionally()) {
        assertThat(failureOf(answer)).isInstanceOf(CommsException.Overloaded.class);
        refused++;
      }
    }
    assertThat(refused).isPositive();
  }

  @Test
  void sendingRefusesWhatFindsNoPlace() {
    FakeCalls transport = new FakeCalls(attempt -> {});
    Calls calls = calling(transport, policies().inFlight(1));
    CompletableFuture<String> first = calls.callAsync(ECHO, "first");
    CommsException refused = failureOf(calls.callAsync(ECHO, "second"));
    assertThat(refused).isInstanceOf(CommsException.Overloaded.class);
    assertThat(refused.fault()).isEqualTo(Fault.LOCAL);
    transport.attempts.get(0).echo();
    assertThat(valueOf(first)).isEqualTo("first");
  }

  @Test
  void sendingTriesAgain() {
    FakeCalls transport = failingTwice();
    assertThat(calling(transport, policies()).call(ECHO, "hi")).isEqualTo("hi");
    assertThat(transport.attempts).hasSize(3);
  }

  @Test
  void sendingStopsAskingATargetThatKeepsFailing() {
    FakeCalls transport =
        new FakeCalls(attempt -> attempt.reply().completeExceptionally(Failures.failed()));
    Calls calls = calling(transport, policies());
    for (int i = 0; i < 20; i++) {
      assertThat(failureOf(calls.callAsync(ONCE, "hi")).kind()).isEqualTo(Kind.FAILED);
    }
    assertThat(failureOf(calls.callAsync(ONCE, "hi")).kind()).isEqualTo(Kind.CIRCUIT_OPEN);
    assertThat(transport.attempts).hasSize(20);
  }

  @Test
  void sendingAsksTheUsersAttemptPolicyForEachAttempt() {
    calling(failingTwice(), policies().aroundAttempt(counting)).call(ECHO, "hi");
    assertThat(seen).hasValue(3);
  }

  @Test
  void sendingMeasuresEachAttempt() {
    calling(failingTwice(), policies()).call(ECHO, "hi");
    assertThat(meters.get("comms.attempts").tag("error.type", "UNAVAILABLE").counter().count())
        .isEqualTo(2);
    assertThat(meters.get("comms.attempts").tag("error.type", "none").counter().count())
        .isEqualTo(1);
  }

  @Test
  void receivingMeasuresTheHandling() {
    FakeDelivery delivery = working(policies(), mail(), (mail, context) -> {});
    assertThat(valueOf(delivery.settled)).isEqualTo("done");
    assertThat(meters.get("messaging.process.duration").tag("error.type", "none").timer().count())
        .isEqualTo(1);
  }

  @Test
  void receivingRefusesWhatIsLateWithoutAThread() {
    FakeCallServer server = serving(policies(), (request, context) -> request);
    CompletableFuture<Envelope> answer =
        server.answerer(ECHO).answer(mail(), Deadline.after(Time.system(), Duration.ofMillis(-1)));
    assertThat(answer).as("refused on the transport's thread").isCompletedExceptionally();
    assertThat(failureOf(answer).kind()).isEqualTo(Kind.DEADLINE_EXCEEDED);
    assertThat(meters.get("comms.refused").tag("reason", "no_time_left").counter().count())
        .isEqualTo(1);
  }

  @Test
  void receivingDropsWhatItsSenderLetExpire() {
    Envelope old = mail().expires(Instant.now().minusSeconds(60));
    FakeDelivery delivery = working(policies(), old, (mail, context) -> seen.incrementAndGet());
    assertThat(valueOf(delivery.settled)).isEqualTo("dead: expired");
    assertThat(seen).hasValue(0);
  }

  @Test
  void receivingShedsWhatIsTooMuchWithoutAThread() {
    FakeCallServer server =
        serving(
            policies().serving(1),
            (request, context) -> {
              release.await();
              return request;
            });
    Deadline deadline = Deadline.after(Time.system(), Duration.ofSeconds(30));
    CompletableFuture<Envelope> first = server.answerer(ECHO).answer(mail(), deadline);
    CompletableFuture<Envelope> second = server.answerer(ECHO).answer(mail(), deadline);
    assertThat(second).as("refused on the transport's thread").isCompletedExceptionally();
    assertThat(failureOf(second).kind()).isEqualTo(Kind.OVERLOADED);
    assertThat(failureOf(second).fault()).isEqualTo(Fault.OVERLOAD);
    release.countDown();
    assertThat(valueOf(first).contract()).isEqualTo("test.echo");
  }

  @Test
  void receivingMovesOnToAHandlersThread() {
    AtomicReference<String> thread = new AtomicReference<>();
    FakeDelivery delivery =
        working(
            policies(), mail(), (mail, context) -> thread.set(Thread.currentThread().getName()));
    assertThat(valueOf(delivery.settled)).isEqualTo("done");
    assertThat(thread.get()).startsWith("comms-task-test.mail-");
  }

  @Test
  void receivingAsksTheUsersHandlingPolicy() {
    FakeDelivery delivery =
        working(policies().aroundHandling(counting), mail(), (mail, context) -> {});
    assertThat(valueOf(delivery.settled)).isEqualTo("done");
    assertThat(seen).hasValue(1);
  }

  @Test
  void receivingEndsInTheHandler() {
    AtomicReference<String> handled = new AtomicReference<>();
    FakeDelivery delivery = working(policies(), mail(), (mail, context) -> handled.set(mail));
    assertThat(valueOf(delivery.settled)).isEqualTo("done");
    assertThat(handled).hasValue("hello");
  }
}
