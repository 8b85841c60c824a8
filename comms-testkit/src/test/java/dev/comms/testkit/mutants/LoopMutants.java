package dev.comms.testkit.mutants;

import dev.comms.contract.CommsException;
import dev.comms.contract.Contract;
import dev.comms.spi.Delivery;
import dev.comms.spi.Envelope;
import dev.comms.spi.EventTransport;
import dev.comms.spi.Subscription;
import dev.comms.spi.TaskDelivery;
import dev.comms.spi.TaskTransport;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.function.UnaryOperator;

/**
 * Wrong loops: what core's loop sees of a delivery, or says of it, is another thing than it should
 * be, so that it acts as a loop would that looks at the wrong thing.
 */
final class LoopMutants {
  private LoopMutants() {}

  static List<Mutant<TaskTransport>> tasks() {
    return List.of(
        new Mutant<>(
            "works what has expired",
            "anExpiredTaskNeverRunsAndIsDeadAsExpired",
            task("envelope", (args, right) -> ((Envelope) right.call(args)).expires(null))),
        new Mutant<>(
            "takes each attempt for the last",
            "aHandlerThatThrowsIsCalledAgainUntilItsAttemptsAreUsedUp",
            task("attempt", (args, right) -> 1_000)),
        new Mutant<>(
            "tries again what was rejected",
            "aRejectedTaskIsDeadAtOnce",
            Deliveries.ofTasks(
                d ->
                    instead(
                        d,
                        "rejected",
                        TaskDelivery.class,
                        why -> d.retry(Duration.ofMillis(10), why)))),
        new Mutant<>(
            "drops what it cannot decode",
            "whatCannotBeDecodedIsDeadWithItsBytesUntouchedAndTheLoopGoesOn",
            Deliveries.ofTasks(d -> instead(d, "malformed", TaskDelivery.class, why -> d.done()))),
        new Mutant<>(
            "is done with what the end of the service cuts short",
            "aTaskWhoseHandlerIsCutShortByTheEndOfTheServiceIsNotLost",
            Deliveries.ofTasks(
                d -> Wrong.in(TaskDelivery.class, d, "giveBack", (args, right) -> d.done()))),
        onceMore(),
        new Mutant<>(
            "forgets a former name",
            "tasksQueuedUnderAFormerNameAreWorkedToo",
            right -> Wrong.in(TaskTransport.class, right, "work", LoopMutants::butNotTheFormer)));
  }

  private static Mutant<TaskTransport> onceMore() {
    return new Mutant<>(
        "tries again what is worked at most once",
        "aTaskAtMostOnceIsNotWorkedAgainWhenItsHandlerFails",
        Deliveries.ofTasks(
            d ->
                Wrong.in(
                    TaskDelivery.class,
                    d,
                    "done",
                    (args, right) -> d.retry(Duration.ofMillis(10), failure()))));
  }

  static List<Mutant<EventTransport>> events() {
    return List.of(
        new Mutant<>(
            "has one lane for all keys",
            "anotherKeyDoesNotWaitForAKeyThatIsRetried",
            event("envelope", (args, right) -> ((Envelope) right.call(args)).key("the only one"))),
        new Mutant<>(
            "has a lane for each event",
            "aRetryInPlaceKeepsTheOrderOfItsKeyWhileOtherKeysFlow",
            Deliveries.ofEvents(
                d -> {
                  Envelope alone = d.envelope().key(UUID.randomUUID().toString());
                  return Wrong.in(Delivery.class, d, "envelope", (args, right) -> alone);
                })),
        new Mutant<>(
            "handles what has expired",
            "anExpiredEventIsNeverHandled",
            event("envelope", (args, right) -> ((Envelope) right.call(args)).expires(null))),
        new Mutant<>(
            "drops what it cannot decode",
            "whatCannotBeDecodedIsDeadAndItsKeyGoesOn",
            Deliveries.ofEvents(d -> instead(d, "malformed", Delivery.class, why -> d.done()))),
        new Mutant<>(
            "handles again what is handled at most once",
            "anEventAtMostOnceIsNotHandledAgainWhenItsHandlerFails",
            Deliveries.ofEvents(
                d -> Wrong.in(Delivery.class, d, "done", (args, right) -> d.giveBack()))),
        new Mutant<>(
            "stops a key at a dead letter",
            "aRejectedEventIsDeadAtOnceAndItsKeyGoesOn",
            event("deadLetter", (args, right) -> new CompletableFuture<Void>())));
  }

  private static CommsException failure() {
    return new CommsException.Misconfigured("mutant", "once more");
  }

  /** What becomes of a delivery. */
  private interface End {
    CompletableFuture<Void> of(CommsException why);
  }

  private static <D extends Delivery> D instead(D right, String reason, Class<D> type, End end) {
    return Wrong.in(
        type,
        right,
        "deadLetter",
        (args, dead) ->
            reason.equals(args[0]) ? end.of((CommsException) args[1]) : dead.call(args));
  }

  private static Subscription butNotTheFormer(Object[] args, Wrong.Right work) throws Throwable {
    Subscription made = (Subscription) work.call(args);
    if (((Contract) args[0]).name().equals("kit.former")) {
      made.pause();
    }
    return made;
  }

  private static UnaryOperator<TaskTransport> task(String method, Wrong.Instead instead) {
    return Deliveries.ofTasks(d -> Wrong.in(TaskDelivery.class, d, method, instead));
  }

  private static UnaryOperator<EventTransport> event(String method, Wrong.Instead instead) {
    return Deliveries.ofEvents(d -> Wrong.in(Delivery.class, d, method, instead));
  }
}
