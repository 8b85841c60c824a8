package dev.comms;

import static dev.comms.Fixture.ECHO;
import static dev.comms.Fixture.MAIL;
import static dev.comms.Fixture.SEEN;
import static dev.comms.Fixture.TEXT;
import static dev.comms.Fixture.failureOf;
import static dev.comms.Fixture.valueOf;
import static org.assertj.core.api.Assertions.assertThat;

import dev.comms.contract.CommsException;
import dev.comms.contract.CommsException.Kind;
import dev.comms.contract.Contract;
import dev.comms.contract.Deadline;
import dev.comms.contract.Download;
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

  private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
  private final ManualTime time = new ManualTime();
  private final List<CompletableFuture<Reply>> atTheEnd = new ArrayList<>();
  private final List<String> asked = new ArrayList<>();
  private Policies policies = Fixture.policies();

  private Contract contract(Verb verb) {
    return switch (verb) {
      case CALL, ANSWER -> ECHO;
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
            time,
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
      return Pipeline.sending(steps, policies, this::last);
    }
    boolean calls = verb == Verb.ANSWER || verb == Verb.STREAM;
    Optional<Policy> shed = calls ? Optional.of(steps.shed()) : Optional.empty();
    return Pipeline.chain(Pipeline.receiving(steps, policies, shed, asking("threads")), this::last);
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
    valueOf(reply);
    assertThat(measured(verb)).isEqualTo(1);
  }

  @ParameterizedTest
  @EnumSource(Verb.class)
  void whatIsLateIsNotBegunAndIsMeasured(Verb verb) {
    policies =
        policies.aroundMessage(asking("message")).aroundHandling(asking("handling")).serving(1);
    Next pipeline = pipeline(verb);
    CommsException failure = failureOf(send(verb, pipeline, Duration.ZERO, null));
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
    assertThat(failureOf(send(verb, pipeline))).hasMessageContaining("more than 1 per second");
    assertThat(asked).as("the user sees what is refused").hasSize(2);
  }

  @ParameterizedTest
  @EnumSource(names = {"CALL", "OPEN", "SUBMIT", "PUBLISH"})
  void theBulkheadRefusesWhileAMessageIsUnderWayAlsoBetweenItsAttempts(Verb verb) {
    policies = policies.inFlight(1);
    Next pipeline = pipeline(verb);
    send(verb, pipeline);
    fail(1, Failures.unreachable());
    assertThat(failureOf(send(verb, pipeline))).hasMessageContaining("already 1 under way");
    assertThat(atTheEnd).hasSize(1);
  }

  @ParameterizedTest
  @EnumSource(names = {"CALL", "OPEN", "SUBMIT", "PUBLISH"})
  void whatWasNeverSentIsTriedAgain(Verb verb) {
    CompletableFuture<Reply> reply = send(verb, pipeline(verb));
    fail(1, Failures.unreachable());
    time.advance(SOON);
    atTheEnd.get(1).complete(Envelope.EMPTY);
    valueOf(reply);
  }

  @ParameterizedTest
  @EnumSource(names = {"CALL", "OPEN", "SUBMIT", "PUBLISH"})
  void theBreakerOpensByAttemptsAndItsRefusalIsNeitherRetriedNorAnAttempt(Verb verb) {
    policies = policies.aroundAttempt(asking("attempt"));
    Next pipeline = pipeline(verb);
    for (int i = 1; i <= 20; i++) {
      CompletableFuture<Reply> reply = send(verb, pipeline);
      fail(i, Failures.failed());
      failureOf(reply);
    }
    CommsException refusal = failureOf(send(verb, pipeline));
    assertThat(refusal.kind()).isEqualTo(Kind.CIRCUIT_OPEN);
    assertThat(refusal.attempts()).isEqualTo(1);
    assertThat(asked).hasSize(20);
    assertThat(time.timers()).isZero();
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
    failureOf(send(verb, pipeline(verb)));
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
    failureOf(send(verb, pipeline(verb), Duration.ofSeconds(10), ago));
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
    CommsException shed = failureOf(send(verb, pipeline));
    assertThat(shed.kind()).isEqualTo(Kind.OVERLOADED);
    assertThat(shed.retryAfter()).as("when to come again").isEqualTo(Duration.ofMillis(100));
    assertThat(asked).containsExactly("threads");
    assertThat(failureOf(send(verb, pipeline, Duration.ZERO, null)).kind())
        .isEqualTo(Kind.DEADLINE_EXCEEDED);
    assertThat(
            failureOf(send(verb, pipeline, Duration.ofSeconds(1), Duration.ofMinutes(-1))).kind())
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
        Pipeline.chain(Pipeline.receiving(steps, policies, Optional.empty(), waiting), this::last);
    CompletableFuture<Reply> reply = send(verb, pipeline);
    time.advance(Duration.ofSeconds(11));
    line.forEach(Runnable::run);
    assertThat(failureOf(reply)).hasMessageContaining("when a thread was free");
    assertThat(asked).isEmpty();
    assertThat(atTheEnd).isEmpty();
    assertThat(meters.get("comms.refused").tag("reason", "late_when_begun").counter().count())
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
}
