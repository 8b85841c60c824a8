package dev.comms;

import dev.comms.contract.CommsException;
import dev.comms.contract.Deadline;
import dev.comms.contract.Effect;
import dev.comms.contract.Time;
import dev.comms.policy.Policy;
import dev.comms.spi.Envelope;
import dev.comms.spi.Reply;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;

/** Orders of policies with a step too few, at a wrong place, or a wrong one. */
final class PolicyMutants {
  private static final String LATE = "whatIsLateIsNotBegunAndIsMeasured";
  private static final String USERS =
      "theUsersMessagePolicyIsAskedOnceAndItsAttemptPolicyForEachAttempt";
  private static final String RATE = "theRateLimitRefusesBeforeAPlaceIsTaken";
  private static final String BULKHEAD =
      "theBulkheadRefusesWhileAMessageIsUnderWayAlsoBetweenItsAttempts";
  private static final String BREAKER =
      "theBreakerOpensByAttemptsAndItsRefusalIsNeitherRetriedNorAnAttempt";
  private static final String ATTEMPTS = "theAttemptsTelemetryIsInsideOfTheUsersAttemptPolicy";
  private static final String EXPIRED = "whatItsSenderLetExpireGetsNoThread";
  private static final String SHED =
      "whatIsTooMuchIsShedWithoutAThreadAndWhatIsLateOrExpiredTakesNoPlace";
  private static final String HANDLING = "theUsersHandlingPolicyIsAskedOnTheHandlersThread";
  private static final String EFFECT = "whatMayHaveActedAndIsNotIdempotentIsNotTriedAgain";

  static final Mutant RIGHT = new Mutant("is right", "", UnaryOperator.identity());

  private PolicyMutants() {}

  record Step(String name, Policy policy) {}

  /**
   * A wrong order.
   *
   * @param killer the case of {@link PipelineStepsTest} that must notice
   */
  record Mutant(String wrong, String killer, UnaryOperator<List<Step>> change) {
    Time clock(Time right) {
      return wrong.equals("goes by the wall clock") ? Time.system() : right;
    }
  }

  static List<Mutant> all() {
    return Stream.of(missing(), misplaced(), wrong()).flatMap(List::stream).toList();
  }

  private static List<Mutant> missing() {
    return List.of(
        without("telemetry", "telemetryMeasuresTheWhole"),
        without("notLate", LATE),
        without("message", USERS),
        without("rate", RATE),
        without("bulkhead", BULKHEAD),
        without("retries", "whatWasNeverSentIsTriedAgain"),
        without("breaker", BREAKER),
        without("attempt", USERS),
        without("attemptTelemetry", ATTEMPTS),
        without("notExpired", EXPIRED),
        without("shed", SHED),
        without("threads", HANDLING),
        without("stillWanted", "whatIsLateWhenItGetsItsThreadIsNotShownToTheUsersPolicy"),
        without("handling", HANDLING));
  }

  private static List<Mutant> misplaced() {
    return List.of(
        behind("telemetry", "notLate", LATE),
        behind("telemetry", "notExpired", EXPIRED),
        behind("message", "retries", USERS),
        behind("rate", "bulkhead", RATE),
        behind("bulkhead", "retries", BULKHEAD),
        behind("retries", "breaker", "theBreakerCountsEachAttemptOfAMessage"),
        behind("breaker", "attempt", BREAKER),
        behind("attempt", "attemptTelemetry", ATTEMPTS),
        behind("notLate", "shed", SHED),
        behind("notExpired", "threads", EXPIRED));
  }

  private static List<Mutant> wrong() {
    return List.of(
        instead("retries", "tries everything again", EFFECT, PolicyMutants::again),
        instead(
            "attemptTelemetry",
            "takes an unknown outcome for a good one",
            EFFECT,
            (exchange, next) ->
                next.proceed(exchange)
                    .<Reply>thenApply(reply -> reply)
                    .exceptionally(PolicyMutants::fine)),
        instead(
            "telemetry",
            "ignores the deadline",
            LATE,
            (exchange, next) ->
                next.proceed(exchange.with(Deadline.after(Time.system(), Duration.ofDays(1))))),
        new Mutant(
            "goes by the wall clock", "whatWasNeverSentIsTriedAgain", UnaryOperator.identity()));
  }

  private static CompletableFuture<? extends Reply> again(
      dev.comms.policy.Exchange exchange, Policy.Next next) {
    CompletableFuture<Reply> first = next.proceed(exchange).thenApply(reply -> reply);
    return first.exceptionallyCompose(
        failure -> next.proceed(exchange).<Reply>thenApply(reply -> reply));
  }

  private static Reply fine(Throwable failure) {
    CommsException why = CommsException.of("test", failure);
    if (why.effect() == Effect.POSSIBLE) {
      return Envelope.EMPTY;
    }
    throw why;
  }

  private static Mutant without(String name, String killer) {
    return new Mutant(
        "leaves out " + name,
        killer,
        order -> order.stream().filter(step -> !step.name().equals(name)).toList());
  }

  private static Mutant behind(String name, String other, String killer) {
    return new Mutant(
        "has " + name + " behind " + other, killer, order -> moved(order, name, other));
  }

  /** As it was where one of them is not in the order. */
  private static List<Step> moved(List<Step> order, String name, String other) {
    List<String> names = order.stream().map(Step::name).toList();
    if (!names.contains(name) || !names.contains(other)) {
      return order;
    }
    List<Step> changed = new ArrayList<>(order);
    Step step = changed.remove(names.indexOf(name));
    changed.add(changed.stream().map(Step::name).toList().indexOf(other) + 1, step);
    return changed;
  }

  private static Mutant instead(String name, String wrong, String killer, Policy policy) {
    return new Mutant(
        wrong,
        killer,
        order ->
            order.stream()
                .map(step -> step.name().equals(name) ? new Step(name, policy) : step)
                .toList());
  }
}
