package dev.comms.testkit.mutants;

import dev.comms.contract.CommsException;
import dev.comms.contract.Deadline;
import dev.comms.spi.DeadLetters;
import dev.comms.spi.DeadLetters.Choice;
import dev.comms.spi.DeadLetters.Letter;
import dev.comms.spi.Envelope;
import dev.comms.spi.Order;
import dev.comms.spi.Subscription;
import dev.comms.spi.TaskDelivery;
import dev.comms.spi.TaskTransport;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;

/** Wrong task transports, and wrong loops. */
final class TaskMutants {
  private static final CompletableFuture<Void> OK = CompletableFuture.completedFuture(null);

  private TaskMutants() {}

  static List<Mutant<TaskTransport>> all() {
    return Stream.of(part1(), part2(), part3(), part4(), LoopMutants.tasks())
        .flatMap(List::stream)
        .toList();
  }

  private static List<Mutant<TaskTransport>> part1() {
    return List.of(
        of(
            "acks before the handler",
            "whatIsUnsettledWhenItsConsumerEndsIsDeliveredAgain",
            Deliveries.ofTasks(
                delivery -> {
                  delivery.done();
                  return delivery;
                })),
        of(
            "confirms what it did not store",
            "whatWasSubmittedBeforeAnyConsumerIsDelivered",
            submit((args, right) -> OK)),
        of(
            "stores every task twice",
            "fiveHundredTasksSubmittedAtOnceAreDeliveredOnceEach",
            submit(
                (args, right) -> {
                  right.call(args);
                  return right.call(args);
                })),
        of(
            "ignores the delay",
            "aDelayedTaskIsNotDeliveredBeforeItsTime",
            submit((args, right) -> right.call(args[0], args[1], Order.NOW, args[3]))),
        of(
            "drops the headers",
            "whatIsSubmittedIsDeliveredWithNothingChanged",
            envelope(message -> message.headers(Map.of()))),
        of("drops the expiry", "anExpiryAndAnEmptyBodyTravel", envelope(m -> m.expires(null))),
        of(
            "gives every delivery a new id",
            "whatIsSubmittedIsDeliveredWithNothingChanged",
            envelope(TaskMutants::renamed)));
  }

  private static List<Mutant<TaskTransport>> part2() {
    return List.of(
        of(
            "lets the submitter's deadline end the task",
            "theSubmittersDeadlineDoesNotShortenTheTasksLife",
            submit(
                (args, right) -> {
                  Duration left = ((Deadline) args[3]).remaining();
                  Envelope shorter = ((Envelope) args[1]).expires(Instant.now().plus(left));
                  return right.call(args[0], shorter, args[2], args[3]);
                })),
        of(
            "takes tasks after its end",
            "submittingAfterTheEndFailsAndSaysThatNothingWasStored",
            submit(
                (args, right) -> ((CompletableFuture<?>) right.call(args)).handle((d, f) -> null))),
        of(
            "retries at once",
            "aRetryComesAfterItsWaitAsTheNextAttemptOfTheSameTask",
            delivery("retry", (args, right) -> right.call(Duration.ZERO, args[1]))),
        of(
            "acks instead of retrying",
            "aHandlerThatThrowsIsCalledAgainUntilItsAttemptsAreUsedUp",
            Deliveries.ofTasks(
                d -> Wrong.in(TaskDelivery.class, d, "retry", (args, right) -> d.done()))),
        of(
            "never counts attempts",
            "everyRetryKeepsTheFirstHeadersKeyAndBody",
            delivery("attempt", (args, right) -> 1)),
        of(
            "drops instead of dead-lettering",
            "aDeadLetterIsNotDeliveredAndShowsWhy",
            Deliveries.ofTasks(
                d -> Wrong.in(TaskDelivery.class, d, "deadLetter", (args, right) -> d.done()))));
  }

  private static List<Mutant<TaskTransport>> part3() {
    return List.of(
        of(
            "forgets why a task is dead",
            "aDeadLetterIsNotDeliveredAndShowsWhy",
            delivery("deadLetter", (args, right) -> right.call("unknown", args[1]))),
        of(
            "counts a give-back as an attempt",
            "whatIsGivenBackComesAgainAndUsesNoAttempt",
            Deliveries.ofTasks(
                d ->
                    Wrong.in(
                        TaskDelivery.class,
                        d,
                        "giveBack",
                        (args, right) -> d.retry(Duration.ZERO, failure())))),
        of(
            "settles twice without a word",
            "aSettledDeliveryRefusesASecondSettling",
            delivery(
                "done",
                (args, right) -> ((CompletableFuture<?>) right.call(args)).handle((d, f) -> null))),
        of(
            "ignores the slots",
            "noMoreThanTheSlotsAreUnsettledAtOnce",
            right ->
                Wrong.in(
                    TaskTransport.class,
                    right,
                    "work",
                    (args, work) -> work.call(args[0], 100, args[2]))),
        of(
            "ignores a pause",
            "aPausedConsumerGetsNothingUntilItResumes",
            subscription("pause", (args, right) -> null)));
  }

  private static List<Mutant<TaskTransport>> part4() {
    return List.of(
        of(
            "calls itself drained at once",
            "drainingWaitsForWhatIsUnsettledAndDeliversNothingNew",
            subscription(
                "drain",
                (args, right) -> {
                  right.call(args);
                  return OK;
                })),
        of(
            "discards what a sweep keeps",
            "aSweepThatKeepsShowsEachLetterOnceOldestFirstAndLeavesAll",
            sweep(Choice.KEEP, Choice.DISCARD)),
        of(
            "discards what is redriven",
            "aRedrivenLetterComesBackAsItsFirstAttempt",
            sweep(Choice.REDRIVE, Choice.DISCARD)),
        of("keeps what is discarded", "aDiscardedLetterIsGone", sweep(Choice.DISCARD, Choice.KEEP)),
        of(
            "sweeps on when told to stop",
            "aSweepThatIsStoppedLeavesTheRest",
            sweep(Choice.STOP, Choice.DISCARD)));
  }

  private static Mutant<TaskTransport> of(
      String wrong, String killer, UnaryOperator<TaskTransport> change) {
    return new Mutant<>(wrong, killer, change);
  }

  private static UnaryOperator<TaskTransport> submit(Wrong.Instead instead) {
    return right -> Wrong.in(TaskTransport.class, right, "submit", instead);
  }

  private static UnaryOperator<TaskTransport> envelope(UnaryOperator<Envelope> change) {
    return submit(
        (args, right) -> right.call(args[0], change.apply((Envelope) args[1]), args[2], args[3]));
  }

  private static Envelope renamed(Envelope of) {
    return Envelope.of(of.id() + "-copy", of.contract(), of.contentType(), of.time(), of.body())
        .key(of.key())
        .expires(of.expires())
        .headers(of.headers());
  }

  private static UnaryOperator<TaskTransport> delivery(String method, Wrong.Instead instead) {
    return Deliveries.ofTasks(d -> Wrong.in(TaskDelivery.class, d, method, instead));
  }

  private static UnaryOperator<TaskTransport> subscription(String method, Wrong.Instead instead) {
    return right ->
        Wrong.in(
            TaskTransport.class,
            right,
            "work",
            (args, work) ->
                Wrong.in(Subscription.class, (Subscription) work.call(args), method, instead));
  }

  private static UnaryOperator<TaskTransport> sweep(Choice chosen, Choice done) {
    return right ->
        Wrong.in(
            TaskTransport.class,
            right,
            "deadTasks",
            (args, dead) ->
                Wrong.in(
                    DeadLetters.class,
                    (DeadLetters) dead.call(args),
                    "sweep",
                    (swept, sweep) -> sweep.call(instead(swept[0], chosen, done), swept[1])));
  }

  @SuppressWarnings("unchecked") // the SPI says so
  private static Function<Letter, Choice> instead(Object choose, Choice chosen, Choice done) {
    return ((Function<Letter, Choice>) choose).andThen(c -> c == chosen ? done : c);
  }

  private static CommsException failure() {
    return new CommsException.Misconfigured("mutant", "given back");
  }
}
