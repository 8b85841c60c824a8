package dev.comms;

import static dev.comms.Fixture.ECHO;
import static dev.comms.Fixture.MAIL;
import static dev.comms.Fixture.SEEN;
import static dev.comms.Fixture.comms;
import static dev.comms.Fixture.failureOf;
import static dev.comms.Fixture.policies;
import static dev.comms.Fixture.valueOf;
import static org.assertj.core.api.Assertions.assertThat;

import dev.comms.contract.Context;
import dev.comms.contract.Deadline;
import dev.comms.contract.Handler;
import dev.comms.contract.Time;
import dev.comms.fake.Failures;
import dev.comms.fake.FakeCallServer;
import dev.comms.fake.FakeCalls;
import dev.comms.fake.FakeDelivery;
import dev.comms.fake.FakeEvents;
import dev.comms.fake.FakeTasks;
import dev.comms.spi.Envelope;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.opentelemetry.context.ContextKey;
import io.opentelemetry.context.Scope;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The deadline travels with those who wait, not with the work. */
class InheritanceTest {
  /** Less than any limit of the contracts and confirms that are used. */
  private static final Duration LEFT = Duration.ofSeconds(3);

  private final Comms comms = comms(new SimpleMeterRegistry(), policies());
  private volatile Consumer<FakeCalls.Attempt> otherSide = FakeCalls.Attempt::echo;
  private final FakeCalls there = new FakeCalls(attempt -> otherSide.accept(attempt));
  private final FakeTasks broker = new FakeTasks();
  private final FakeEvents log = new FakeEvents();
  private final FakeCallServer server = new FakeCallServer();
  private final Calls calls = comms.calls(there);
  private final Tasks tasks = comms.tasks(broker);
  private final Events events = comms.events(log);
  private Handler.Answer<String, String> handler = (request, context) -> request;

  @BeforeEach
  void start() {
    comms.serve(server).answer(ECHO, (request, context) -> handler.answer(request, context));
    comms.start();
  }

  @AfterEach
  void close() {
    comms.close();
  }

  private void answered(Handler.Answer<String, String> by) {
    answered(FakeDelivery.message("test.echo", "id-1", "hi"), by);
  }

  private void answered(Envelope request, Handler.Answer<String, String> by) {
    handler = by;
    Deadline deadline = Deadline.after(Time.system(), LEFT);
    valueOf(server.answerer(ECHO).answer(request, deadline));
  }

  @Test
  void aNestedCallInheritsWhatIsLeft() {
    answered((request, context) -> calls.call(ECHO, request));
    assertThat(there.attempts.get(0).deadline().remaining()).isLessThanOrEqualTo(LEFT);
  }

  @Test
  void aDetachedCallDoesNot() {
    answered((request, context) -> calls.detached().call(ECHO, request));
    assertThat(there.attempts.get(0).deadline().remaining()).isGreaterThan(LEFT);
  }

  @Test
  void aCallOutsideOfAHandlerHasItsContractsLimitOrLess() {
    calls.call(ECHO, "hi");
    calls.within(Duration.ofSeconds(1)).call(ECHO, "hi");
    assertThat(there.attempts.get(0).deadline().remaining()).isGreaterThan(LEFT);
    assertThat(there.attempts.get(1).deadline().remaining())
        .isLessThanOrEqualTo(Duration.ofSeconds(1));
  }

  @Test
  void anotherThreadInheritsWhatWasWrapped() {
    answered(
        (request, context) -> {
          Runnable nested = () -> calls.call(ECHO, request);
          CompletableFuture.runAsync(context.wrap(nested)).join();
          CompletableFuture.runAsync(nested).join();
          return request;
        });
    assertThat(there.attempts.get(0).deadline().remaining()).isLessThanOrEqualTo(LEFT);
    assertThat(there.attempts.get(1).deadline().remaining()).isGreaterThan(LEFT);
  }

  @Test
  void whatWasWrappedIsInTheSameTrace() {
    ContextKey<String> key = ContextKey.named("trace");
    Context context = Fixture.context(Time.system(), Duration.ofSeconds(20), Map.of());
    AtomicReference<String> seen = new AtomicReference<>();
    try (Scope scope =
        io.opentelemetry.context.Context.root().with(key, "this one").makeCurrent()) {
      Runnable wrapped =
          context.wrap(() -> seen.set(io.opentelemetry.context.Context.current().get(key)));
      CompletableFuture.runAsync(wrapped).join();
      assertThat(scope).isNotNull();
    }
    assertThat(seen).hasValue("this one");
  }

  @Test
  void aNestedSubmitInheritsItOnlyForItsConfirm() {
    answered((request, context) -> tasks.submit(MAIL, request));
    FakeTasks.Sent sent = broker.sent.get(0);
    assertThat(sent.confirmBy().remaining()).isLessThanOrEqualTo(LEFT);
    assertThat(sent.message().expires()).as("the task's life").isNull();
  }

  @Test
  void aTaskEndsOnlyByItsOwnExpiry() {
    answered(
        (request, context) ->
            tasks.submit(MAIL, request, Submit.now().expiresAfter(Duration.ofHours(1))));
    Envelope message = broker.sent.get(0).message();
    assertThat(Duration.between(message.time(), message.expires()))
        .isBetween(Duration.ofMinutes(59), Duration.ofMinutes(61));
  }

  @Test
  void aNestedPublishLeavesTheEventsLifeAlone() {
    answered((request, context) -> events.publish(SEEN, request));
    assertThat(log.published.get(0).expires()).isNull();
    assertThat(log.published.get(0).key()).isEqualTo("hi");
  }

  @Test
  void theHandlerOfARetriedCallDoesNotRetry() {
    otherSide = attempt -> attempt.reply().completeExceptionally(Failures.unreachable());
    Envelope retried = FakeDelivery.message("test.echo", "id-1", "hi").header("comms-attempt", "2");
    answered(
        retried,
        (request, context) -> {
          assertThat(context.attempt()).isEqualTo(2);
          assertThat(failureOf(calls.callAsync(ECHO, request)).attempts()).isEqualTo(1);
          return request;
        });
    assertThat(there.attempts).hasSize(1);
  }

  @Test
  void nothingIsInheritedWhenTheHandlerHasEnded() {
    answered((request, context) -> request);
    assertThat(Context.current()).isNull();
  }

  @Test
  void aDetachedSubmitAndADetachedPublishDoNotInheritIt() {
    answered((request, context) -> tasks.detached().submit(MAIL, request));
    assertThat(broker.sent.get(0).confirmBy().remaining()).isGreaterThan(LEFT);
    answered((request, context) -> events.detached().publish(SEEN, request));
    assertThat(log.confirmBy.get(0).remaining()).isGreaterThan(LEFT);
    answered((request, context) -> events.publish(SEEN, request));
    assertThat(log.confirmBy.get(1).remaining()).isLessThanOrEqualTo(LEFT);
  }

  @Test
  void aRetryIsToldOnSoThatNobodyFurtherDownTriesAgain() {
    Envelope retried = FakeDelivery.message("test.echo", "id-1", "hi").header("comms-attempt", "2");
    answered(retried, (request, context) -> calls.call(ECHO, request));
    assertThat(there.attempts.get(0).message().headers()).containsEntry("comms-attempt", "2");
  }
}
