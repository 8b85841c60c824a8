package dev.comms;

import static dev.comms.Fixture.ECHO;
import static dev.comms.Fixture.ONCE;
import static dev.comms.Fixture.comms;
import static dev.comms.Fixture.failureOf;
import static dev.comms.Fixture.policies;
import static dev.comms.Fixture.valueOf;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.comms.contract.Call;
import dev.comms.contract.CommsException;
import dev.comms.contract.CommsException.Kind;
import dev.comms.contract.Deadline;
import dev.comms.contract.Handler;
import dev.comms.contract.Task;
import dev.comms.contract.Time;
import dev.comms.fake.Failures;
import dev.comms.fake.FakeCallServer;
import dev.comms.fake.FakeCalls;
import dev.comms.fake.FakeDelivery;
import dev.comms.fake.FakeTasks;
import dev.comms.fake.ManualTime;
import dev.comms.fake.Text;
import dev.comms.policy.Policies;
import dev.comms.policy.Policy;
import dev.comms.spi.Envelope;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Where it matters that one step stands before another. */
@Timeout(60)
class PipelineOrderTest {
  private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
  private final ManualTime time = new ManualTime();
  private final AtomicInteger seen = new AtomicInteger();
  private final CountDownLatch release = new CountDownLatch(1);
  private Comms comms = comms(meters, policies());

  private final Policy counting =
      (exchange, next) -> {
        seen.incrementAndGet();
        return next.proceed(exchange);
      };

  private final Policy breaking =
      (exchange, next) -> CompletableFuture.failedFuture(Failures.broken());

  @AfterEach
  void close() {
    release.countDown();
    comms.close();
  }

  private Calls calling(FakeCalls transport, Policies policies, Time clock) {
    comms = comms(meters, policies, clock);
    Calls calls = comms.calls(transport);
    comms.start();
    return calls;
  }

  private FakeCallServer serving(Policies policies, Handler.Answer<String, String> handler) {
    comms = comms(meters, policies);
    FakeCallServer transport = new FakeCallServer();
    comms.serve(transport).answer(ECHO, handler);
    comms.start();
    return transport;
  }

  private double refused(String reason) {
    return meters
        .get("comms.refused")
        .tag("reason", reason)
        .tag("mode", "enforce")
        .counter()
        .count();
  }

  private static Deadline in(Duration left) {
    return Deadline.after(Time.system(), left);
  }

  private static Envelope question() {
    return FakeDelivery.message("test.echo", "id-1", "hello");
  }

  @Test
  void whatIsRefusedAsLateIsMeasuredAndNotShownToTheUsersPolicy() {
    Calls calls =
        calling(
            new FakeCalls(FakeCalls.Attempt::echo),
            policies().aroundMessage(counting),
            Time.system());
    failureOf(calls.within(Duration.ofNanos(1)).callAsync(ECHO, "hi"));
    assertThat(
            meters
                .get("rpc.client.call.duration")
                .tag("error.type", "DEADLINE_EXCEEDED")
                .timer()
                .count())
        .isEqualTo(1);
    assertThat(seen).hasValue(0);
  }

  @Test
  void theUsersMessagePolicySeesWhatTheLimitsRefuse() {
    Calls calls =
        calling(
            new FakeCalls(attempt -> {}),
            policies().inFlight(1).aroundMessage(counting),
            Time.system());
    CompletableFuture<String> first = calls.callAsync(ECHO, "first");
    failureOf(calls.callAsync(ECHO, "second"));
    assertThat(seen).hasValue(2);
    first.cancel(true);
  }

  @Test
  void whatTheRateRefusesAsksForNoPlace() {
    Policies narrow = policies().perSecond(1).inFlight(1);
    Calls calls = calling(new FakeCalls(attempt -> {}), narrow, Time.system());
    CompletableFuture<String> first = calls.callAsync(ECHO, "first");
    for (int i = 0; i < 50; i++) {
      failureOf(calls.callAsync(ECHO, "more"));
    }
    assertThat(refused("rate_limited")).isGreaterThan(refused("bulkhead_full"));
    first.cancel(true);
  }

  @Test
  void aMessageThatWaitsForItsNextAttemptHoldsItsOnePlace() {
    FakeCalls transport =
        new FakeCalls(attempt -> attempt.reply().completeExceptionally(Failures.unreachable()));
    Calls calls = calling(transport, policies().inFlight(1), time);
    CompletableFuture<String> first = calls.callAsync(ECHO, "first");
    assertThat(first).isNotDone();
    assertThat(failureOf(calls.callAsync(ECHO, "second")).kind()).isEqualTo(Kind.OVERLOADED);
    await().until(() -> turned(first));
    assertThat(failureOf(first).attempts()).isEqualTo(3);
    CompletableFuture<String> third = calls.callAsync(ECHO, "third");
    assertThat(third).as("the place is free again").isNotDone();
    await().until(() -> turned(third));
  }

  private boolean turned(CompletableFuture<?> result) {
    time.advance(Duration.ofMillis(10));
    return result.isDone();
  }

  @Test
  void theBreakersRefusalIsNotRetriedAndIsNoAttempt() {
    FakeCalls transport =
        new FakeCalls(attempt -> attempt.reply().completeExceptionally(Failures.failed()));
    Calls calls = calling(transport, policies(), Time.system());
    for (int i = 0; i < 20; i++) {
      failureOf(calls.callAsync(ECHO, "hi"));
    }
    CommsException refusal = failureOf(calls.callAsync(ECHO, "hi"));
    assertThat(refusal.kind()).isEqualTo(Kind.CIRCUIT_OPEN);
    assertThat(refusal.attempts()).isEqualTo(1);
    assertThat(refused("circuit_open")).isEqualTo(1);
    assertThat(meters.get("comms.attempts").tag("error.type", "FAILED").counter().count())
        .isEqualTo(20);
    assertThat(meters.find("comms.attempts").tag("error.type", "CIRCUIT_OPEN").counter()).isNull();
  }

  @Test
  void eachAttemptAsksTheBreakerAnew() {
    FakeCalls transport =
        new FakeCalls(attempt -> attempt.reply().completeExceptionally(Failures.unreachable()));
    Calls calls = calling(transport, policies(), Time.system());
    for (int i = 0; i < 10; i++) {
      failureOf(calls.callAsync(ECHO, "hi"));
    }
    assertThat(transport.attempts).as("the seventh call found it open").hasSize(20);
  }

  @Test
  void whatTheUsersAttemptPolicyDoesCountsAsTheTargetsDoing() {
    FakeCalls transport = new FakeCalls(FakeCalls.Attempt::echo);
    Calls calls = calling(transport, policies().aroundAttempt(breaking), Time.system());
    for (int i = 0; i < 20; i++) {
      assertThat(failureOf(calls.callAsync(ONCE, "hi")).kind()).isEqualTo(Kind.UNAVAILABLE);
    }
    assertThat(failureOf(calls.callAsync(ONCE, "hi")).kind()).isEqualTo(Kind.CIRCUIT_OPEN);
    assertThat(meters.find("comms.attempts").tag("error.type", "UNAVAILABLE").counter())
        .as("the attempt's telemetry is inside of the user's policy")
        .isNull();
  }

  @Test
  void whatIsLateTakesNoPlaceFromWhatIsWanted() {
    FakeCallServer server =
        serving(
            policies().serving(1),
            (request, context) -> {
              release.await();
              return request;
            });
    var first = server.answerer(ECHO).answer(question(), in(Duration.ofSeconds(30)));
    var late = server.answerer(ECHO).answer(question(), in(Duration.ofMillis(-1)));
    assertThat(failureOf(late).kind()).isEqualTo(Kind.DEADLINE_EXCEEDED);
    var expired =
        server
            .answerer(ECHO)
            .answer(
                question().expires(java.time.Instant.now().minusSeconds(60)),
                in(Duration.ofSeconds(30)));
    assertThat(failureOf(expired).kind()).isEqualTo(Kind.DEADLINE_EXCEEDED);
    assertThat(refused("shed")).isZero();
    release.countDown();
    valueOf(first);
  }

  @Test
  void whatIsShedIsMeasured() {
    FakeCallServer server =
        serving(
            policies().serving(1),
            (request, context) -> {
              release.await();
              return request;
            });
    var first = server.answerer(ECHO).answer(question(), in(Duration.ofSeconds(30)));
    failureOf(server.answerer(ECHO).answer(question(), in(Duration.ofSeconds(30))));
    assertThat(
            meters.get("rpc.server.call.duration").tag("error.type", "OVERLOADED").timer().count())
        .isEqualTo(1);
    release.countDown();
    valueOf(first);
  }

  @Test
  void whatIsExpiredIsNeitherDecodedNorShownToTheUsersPolicy() {
    Text text = new Text();
    Task<String> task = Task.named("test.old", text).eachAttemptWithin(Duration.ofSeconds(20));
    comms = comms(meters, policies().aroundHandling(counting));
    FakeTasks transport = new FakeTasks();
    comms.tasks(transport).handle(task, Workers.of(1), (mail, context) -> {});
    comms.start();
    FakeDelivery old =
        new FakeDelivery(question().expires(java.time.Instant.now().minusSeconds(60)));
    transport.consumer.deliver(old);
    assertThat(valueOf(old.settled)).isEqualTo("dead: expired");
    assertThat(text.decoded).hasValue(0);
    assertThat(seen).hasValue(0);
    assertThat(meters.get("comms.expired").counter().count()).isEqualTo(1);
  }

  @Test
  void theUsersHandlingPolicyRunsOnTheHandlersThreadBeforeTheCostOfDecoding() {
    Text text = new Text();
    Call<String, String> call =
        Call.named("test.costly", text, text).answeredWithin(Duration.ofSeconds(20));
    AtomicReference<String> thread = new AtomicReference<>("");
    Policy refusing =
        (exchange, next) -> {
          thread.set(Thread.currentThread().getName());
          return CompletableFuture.failedFuture(Failures.shed());
        };
    comms = comms(meters, policies().aroundHandling(refusing));
    FakeCallServer server = new FakeCallServer();
    comms.serve(server).answer(call, (request, context) -> request);
    comms.start();
    var answer = server.answerer(call).answer(question(), in(Duration.ofSeconds(30)));
    assertThat(failureOf(answer).kind()).isEqualTo(Kind.OVERLOADED);
    assertThat(thread.get()).startsWith("comms-call-test-");
    assertThat(text.decoded).hasValue(0);
  }
}
