package dev.comms;

import static dev.comms.Fixture.ECHO;
import static dev.comms.Fixture.MAIL;
import static dev.comms.Fixture.SEEN;
import static dev.comms.Fixture.TEXT;
import static org.assertj.core.api.Assertions.assertThat;

import dev.comms.contract.Call;
import dev.comms.contract.CommsException;
import dev.comms.contract.CommsException.Kind;
import dev.comms.contract.Contract;
import dev.comms.contract.Deadline;
import dev.comms.contract.Download;
import dev.comms.contract.Effect;
import dev.comms.fake.Failures;
import dev.comms.fake.FakeDelivery;
import dev.comms.fake.ManualTime;
import dev.comms.policy.Exchange;
import dev.comms.policy.Exchange.Verb;
import dev.comms.policy.Mode;
import dev.comms.policy.Policies;
import dev.comms.policy.Policy;
import dev.comms.policy.Policy.Next;
import dev.comms.policy.Steps;
import dev.comms.policy.Switches;
import dev.comms.spi.Envelope;
import dev.comms.spi.Gauges;
import dev.comms.spi.Reply;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.opentelemetry.api.OpenTelemetry;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** For each step of both orders, and for each verb, what is missing when the step is taken out. */
class PipelineStepsTest {
  private static final Duration SOON = Duration.ofMillis(10);
  private static final Download<String, String> WATCH =
      Download.named("test.watch", TEXT, TEXT)
          .firstWithin(Duration.ofSeconds(5))
          .idleWithin(Duration.ofSeconds(5))
          .totalWithin(Duration.ofSeconds(20));

  /** What is wrong; nothing, but for {@link PolicyMutantsTest}. */
  static volatile PolicyMutants.Mutant mutant = PolicyMutants.RIGHT;

  private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
  private final ManualTime time = new ManualTime();
  private final List<CompletableFuture<Reply>> atTheEnd = new ArrayList<>();
  private final List<String> asked = new ArrayList<>();
  private Policies policies = Fixture.policies();
  private Contract call = ECHO;

  private Contract contract(Verb verb) {
    return switch (verb) {
      case CALL, ANSWER -> call;
      case OPEN, STREAM -> WATCH;
      case SUBMIT, WORK -> MAIL;
      case PUBLISH, HANDLE -> SEEN;
    };
  }

  private Steps steps(Verb verb) {
    Switches switches = new Switches(Mode.ENFORCE, Mode.ENFORCE);
    Steps.Place place =
        new Steps.Place(
            "there",
            "fake",
            policies,
            switches,
            meters,
            mutant.clock(time),
            Runnable::run,
            OpenTelemetry.noop(),
            new Gauges(meters));
    return new Steps(place, verb, contract(verb));
  }

  private CompletableFuture<Reply> last(Exchange exchange) {
    CompletableFuture<Reply> reply = new CompletableFuture<>();
    atTheEnd.add(reply);
    return reply;
  }

  private Next pipeline(Verb verb) {
    Steps steps = steps(verb);
    if (verb.sends()) {
      return chain(sendingNames(), Pipeline.sending(steps, policies));
    }
    boolean calls = verb == Verb.ANSWER || verb == Verb.STREAM;
    Optional<Policy> shed = calls ? Optional.of(steps.shed()) : Optional.empty();
    return chain(
        receivingNames(calls), Pipeline.receiving(steps, policies, shed, asking("threads")));
  }

  private Next chain(List<String> names, List<Policy> order) {
    assertThat(order).as("steps, by name: %s", names).hasSameSizeAs(names);
    List<PolicyMutants.Step> steps = new ArrayList<>();
    for (int i = 0; i < order.size(); i++) {
      steps.add(new PolicyMutants.Step(names.get(i), order.get(i)));
    }
    return Pipeline.chain(
        mutant.change().apply(steps).stream().map(PolicyMutants.Step::policy).toList(), this::last);
  }

  private List<String> sendingNames() {
    List<String> names = new ArrayList<>(List.of("telemetry", "notLate"));
    policies.aroundMessage().forEach(policy -> names.add("message"));
    names.addAll(policies.perSecond() > 0 ? List.of("rate") : List.of());
    names.addAll(List.of("bulkhead", "retries", "breaker"));
    policies.aroundAttempt().forEach(policy -> names.add("attempt"));
    names.add("attemptTelemetry");
    return names;
  }

  private List<String> receivingNames(boolean calls) {
    List<String> names = new ArrayList<>(List.of("telemetry", "notLate", "notExpired"));
    names.addAll(calls ? List.of("shed") : List.of());
    names.addAll(List.of("threads", "stillWanted"));
    policies.aroundHandling().forEach(policy -> names.add("handling"));
    return names;
  }

  /** Nothing here waits, so what has not ended by now never ends. */
  private static CommsException failureNow(CompletableFuture<Reply> reply) {
    assertThat(reply).as("a refusal").isCompletedExceptionally();
    return Fixture.failureOf(reply);
  }

  private static void valueNow(CompletableFuture<Reply> reply) {
    assertThat(reply).as("a reply").isDone();
    Fixture.valueOf(reply);
  }

  private Policy asking(String name) {
    return (exchange, next) -> {
      asked.add(name);
      return next.proceed(exchange);
    };
  }

  private CompletableFuture<Reply> send(Verb verb, Next pipeline) {
    return send(verb, pipeline, Duration.ofSeconds(10), null);
  }

  private CompletableFuture<Reply> send(
      Verb verb, Next pipeline, Duration left, @org.jspecify.annotations.Nullable Duration lives) {
    Envelope message = FakeDelivery.message(contract(verb).name(), "id-1", "hi");
    message = lives == null ? message : message.expires(time.now().plus(lives));
    Deadline deadline = Deadline.after(time, left);
    return Pipeline.run(
        pipeline, Exchange.of(verb, contract(verb), "there", message, deadline, 1), reply -> reply);
  }

  private void fail(int number, CommsException failure) {
    atTheEnd.get(number - 1).completeExceptionally(failure);
  }

  private double measured(Verb verb) {
    String name =
        switch (verb) {
          case CALL, OPEN -> "rpc.client.call.duration";
          case ANSWER, STREAM -> "rpc.server.call.duration";
          case SUBMIT, PUBLISH -> "messaging.client.operation.duration";
          case WORK, HANDLE -> "messaging.process.duration";
        };
    return meters.find(name).timers().stream().mapToLong(timer -> timer.count()).sum();
  }

  @ParameterizedTest
  @EnumSource(Verb.class)
  void telemetryMeasuresTheWhole(Verb verb) {
    CompletableFuture<Reply> reply = send(verb, pipeline(verb));
    atTheEnd.get(0).complete(Envelope.EMPTY);
    valueNow(reply);
    assertThat(measured(verb)).isEqualTo(1);
  }

  @ParameterizedTest
  @EnumSource(Verb.class)
  void whatIsLateIsNotBegunAndIsMeasured(Verb verb) {
    policies =
        policies.aroundMessage(asking("message")).aroundHandling(asking("handling")).serving(1);
    Next pipeline = pipeline(verb);
    CommsException failure = failureNow(send(verb, pipeline, Duration.ZERO, null));
    assertThat(failure.kind()).isEqualTo(Kind.DEADLINE_EXCEEDED);
    assertThat(meters.get("comms.refused").tag("reason", "no_time_left").counter().count())
        .isEqualTo(1);
    assertThat(asked).as("no thread and no policy of a user").isEmpty();
    assertThat(measured(verb)).isEqualTo(1);
  }

  @ParameterizedTest
  @EnumSource(names = {"CALL", "OPEN", "SUBMIT", "PUBLISH"})
  void theUsersMessagePolicyIsAskedOnceAndItsAttemptPolicyForEachAttempt(Verb verb) {
    policies = policies.aroundMessage(asking("message")).aroundAttempt(asking("attempt"));
    send(verb, pipeline(verb));
    fail(1, Failures.unreachable());
    time.advance(SOON);
    assertThat(asked).containsExactly("message", "attempt", "attempt");
  }

  @ParameterizedTest
  @EnumSource(names = {"CALL", "OPEN", "SUBMIT", "PUBLISH"})
  void theRateLimitRefusesBeforeAPlaceIsTaken(Verb verb) {
    policies = policies.perSecond(1).inFlight(1).aroundMessage(asking("message"));
    Next pipeline = pipeline(verb);
    send(verb, pipeline);
    assertThat(failureNow(send(verb, pipeline))).hasMessageContaining("more than 1 per second");
    assertThat(asked).as("the user sees what is refused").hasSize(2);
  }

  @ParameterizedTest
  @EnumSource(names = {"CALL", "OPEN", "SUBMIT", "PUBLISH"})
  void theBulkheadRefusesWhileAMessageIsUnderWayAlsoBetweenItsAttempts(Verb verb) {
    policies = policies.inFlight(1);
    Next pipeline = pipeline(verb);
    send(verb, pipeline);
    fail(1, Failures.unreachable());
    assertThat(failureNow(send(verb, pipeline))).hasMessageContaining("already 1 under way");
    assertThat(atTheEnd).hasSize(1);
  }

  @ParameterizedTest
  @EnumSource(names = {"CALL", "OPEN", "SUBMIT", "PUBLISH"})
  void whatWasNeverSentIsTriedAgain(Verb verb) {
    CompletableFuture<Reply> reply = send(verb, pipeline(verb));
    fail(1, Failures.unreachable());
    time.advance(SOON);
    atTheEnd.get(1).complete(Envelope.EMPTY);
    valueNow(reply);
  }

  @Test
  void whatMayHaveActedAndIsNotIdempotentIsNotTriedAgain() {
    call = Call.named("test.change", TEXT, TEXT).answeredWithin(Duration.ofSeconds(20));
    CompletableFuture<Reply> reply = send(Verb.CALL, pipeline(Verb.CALL));
    fail(1, Failures.broken());
    time.advance(Duration.ofSeconds(1));
    assertThat(atTheEnd).hasSize(1);
    assertThat(failureNow(reply).effect()).isEqualTo(Effect.POSSIBLE);
  }

  @ParameterizedTest
  @EnumSource(names = {"CALL", "OPEN", "SUBMIT", "PUBLISH"})
  void theBreakerOpensByAttemptsAndItsRefusalIsNeitherRetriedNorAnAttempt(Verb verb) {
    policies = policies.aroundAttempt(asking("attempt"));
    Next pipeline = pipeline(verb);
    for (int i = 1; i <= 20; i++) {
      CompletableFuture<Reply> reply = send(verb, pipeline);
      fail(i, Failures.failed());
      failureNow(reply);
    }
    CommsException refusal = failureNow(send(verb, pipeline));
    assertThat(refusal.kind()).isEqualTo(Kind.CIRCUIT_OPEN);
    assertThat(refusal.attempts()).isEqualTo(1);
    assertThat(asked).hasSize(20);
    assertThat(time.timers()).isZero();
  }

  @ParameterizedTest
  @EnumSource(names = {"CALL", "OPEN", "SUBMIT", "PUBLISH"})
  void theBreakerCountsEachAttemptOfAMessage(Verb verb) {
    Next pipeline = pipeline(verb);
    for (int i = 1; i <= 20; i += 2) {
      CompletableFuture<Reply> reply = send(verb, pipeline);
      fail(i, Failures.unreachable());
      time.advance(SOON);
      fail(i + 1, Failures.failed());
      failureNow(reply);
    }
    assertThat(failureNow(send(verb, pipeline)).kind()).isEqualTo(Kind.CIRCUIT_OPEN);
  }

  @ParameterizedTest
  @EnumSource(names = {"CALL", "OPEN", "SUBMIT", "PUBLISH"})
  void theAttemptsTelemetryIsInsideOfTheUsersAttemptPolicy(Verb verb) {
    send(verb, pipeline(verb));
    fail(1, Failures.unreachable());
    assertThat(attempts()).isEqualTo(1);
    policies =
        policies.aroundAttempt(
            (exchange, next) -> CompletableFuture.failedFuture(Failures.failed()));
    failureNow(send(verb, pipeline(verb)));
    assertThat(attempts()).as("this one did not get so far").isEqualTo(1);
  }

  private double attempts() {
    return meters.find("comms.attempts").counters().stream()
        .mapToDouble(counter -> counter.count())
        .sum();
  }

  @ParameterizedTest
  @EnumSource(names = {"ANSWER", "STREAM", "WORK", "HANDLE"})
  void whatItsSenderLetExpireGetsNoThread(Verb verb) {
    Duration ago = Duration.ofMinutes(-1);
    failureNow(send(verb, pipeline(verb), Duration.ofSeconds(10), ago));
    assertThat(asked).isEmpty();
    assertThat(meters.get("comms.expired").counter().count()).isEqualTo(1);
    assertThat(measured(verb)).isEqualTo(1);
  }

  @ParameterizedTest
  @EnumSource(names = {"ANSWER", "STREAM"})
  void whatIsTooMuchIsShedWithoutAThreadAndWhatIsLateOrExpiredTakesNoPlace(Verb verb) {
    policies = policies.serving(1);
    Next pipeline = pipeline(verb);
    send(verb, pipeline);
    CommsException shed = failureNow(send(verb, pipeline));
    assertThat(shed.kind()).isEqualTo(Kind.OVERLOADED);
    assertThat(shed.retryAfter()).as("when to come again").isEqualTo(Duration.ofMillis(100));
    assertThat(asked).containsExactly("threads");
    assertThat(failureNow(send(verb, pipeline, Duration.ZERO, null)).kind())
        .isEqualTo(Kind.DEADLINE_EXCEEDED);
    assertThat(
            failureNow(send(verb, pipeline, Duration.ofSeconds(1), Duration.ofMinutes(-1))).kind())
        .isEqualTo(Kind.DEADLINE_EXCEEDED);
    assertThat(measured(verb)).as("what is refused is measured").isEqualTo(3);
  }

  @ParameterizedTest
  @EnumSource(names = {"ANSWER", "STREAM", "WORK", "HANDLE"})
  void whatIsLateWhenItGetsItsThreadIsNotShownToTheUsersPolicy(Verb verb) {
    policies = policies.aroundHandling(asking("handling"));
    Steps steps = steps(verb);
    List<Runnable> line = new ArrayList<>();
    CompletableFuture<Reply> handled = new CompletableFuture<>();
    Policy waiting =
        (exchange, next) -> {
          line.add(
              () ->
                  next.proceed(exchange)
                      .whenComplete(
                          (reply, failure) -> {
                            if (failure == null) {
                              handled.complete(reply);
                            } else {
                              handled.completeExceptionally(failure);
                            }
                          }));
          return handled;
        };
    Next pipeline =
        chain(
            receivingNames(false), Pipeline.receiving(steps, policies, Optional.empty(), waiting));
    CompletableFuture<Reply> reply = send(verb, pipeline);
    time.advance(Duration.ofSeconds(11));
    line.forEach(Runnable::run);
    assertThat(failureNow(reply)).hasMessageContaining("when a thread was free");
    assertThat(asked).isEmpty();
    assertThat(atTheEnd).isEmpty();
    assertThat(
            meters
                .get("comms.refused")
                .tag("reason", "late_when_begun")
                .tag("mode", "enforce")
                .counter()
                .count())
        .isEqualTo(1);
  }

  @ParameterizedTest
  @EnumSource(names = {"ANSWER", "STREAM", "WORK", "HANDLE"})
  void theUsersHandlingPolicyIsAskedOnTheHandlersThread(Verb verb) {
    policies = policies.aroundHandling(asking("handling"));
    send(verb, pipeline(verb));
    assertThat(asked).containsExactly("threads", "handling");
    assertThat(atTheEnd).hasSize(1);
  }

  @Test
  void anEventWithAKeyIsNotTriedAgainSinceItWouldComeBehindItsFollowers() {
    Next pipeline = pipeline(Verb.PUBLISH);
    Envelope keyed = FakeDelivery.message("test.seen", "id-1", "hi").key("k");
    Deadline deadline = Deadline.after(time, Duration.ofSeconds(10));
    CompletableFuture<Reply> reply =
        Pipeline.run(
            pipeline, Exchange.of(Verb.PUBLISH, SEEN, "there", keyed, deadline, 1), one -> one);
    fail(1, Failures.unreachable());
    time.advance(Duration.ofSeconds(1));
    assertThat(failureNow(reply).effect()).isEqualTo(Effect.NONE);
    assertThat(atTheEnd).hasSize(1);
  }
}
