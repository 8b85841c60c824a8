package dev.comms.testkit.mutants;

import dev.comms.spi.Delivery;
import dev.comms.spi.Envelope;
import dev.comms.spi.EventTransport;
import dev.comms.spi.EventTransport.Start;
import dev.comms.spi.EventTransport.Subscriber;
import dev.comms.spi.Subscription;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;

/** Wrong event transports, and wrong loops. */
final class EventMutants {
  private static final CompletableFuture<Void> OK = CompletableFuture.completedFuture(null);

  private EventMutants() {}

  static List<Mutant<EventTransport>> all() {
    return Stream.of(part1(), part2(), part3(), part4(), LoopMutants.events())
        .flatMap(List::stream)
        .toList();
  }

  private static List<Mutant<EventTransport>> part1() {
    return List.of(
        of(
            "commits when it polls",
            "whatIsUnsettledWhenItsMemberEndsIsDeliveredToTheNext",
            Deliveries.ofEvents(
                delivery -> {
                  delivery.done();
                  return delivery;
                })),
        of(
            "commits all before the one that is done",
            "settlingOutOfOrderLosesNothingThatWasUndone",
            EventMutants::commitsAll),
        of(
            "confirms what it did not store",
            "whatIsPublishedIsDeliveredWithNothingChanged",
            publish((args, right) -> OK)),
        of(
            "drops the key",
            "whatIsPublishedIsDeliveredWithNothingChanged",
            envelope(message -> message.key(null))),
        of(
            "drops the headers",
            "whatIsPublishedIsDeliveredWithNothingChanged",
            envelope(message -> message.headers(Map.of()))),
        of(
            "drops the expiry",
            "anExpiredEventIsNeverHandled",
            envelope(message -> message.expires(null))),
        of(
            "takes events after its end",
            "publishingAfterTheEndFailsAndSaysThatNothingWasStored",
            publish(
                (args, right) ->
                    ((CompletableFuture<?>) right.call(args)).handle((d, f) -> null))));
  }

  private static List<Mutant<EventTransport>> part2() {
    return List.of(
        of(
            "starts late groups at the beginning",
            "aNewGroupThatStartsLatestSeesOnlyWhatComesAfterItIsUp",
            subscriber(who -> new Subscriber(who.group(), Start.EARLIEST))),
        of(
            "starts early groups at the end",
            "aNewGroupThatStartsEarliestSeesWhatWasBefore",
            subscriber(who -> new Subscriber(who.group(), Start.LATEST))),
        of(
            "knows one group only",
            "everyGroupGetsEveryEvent",
            subscriber(who -> new Subscriber("all", who.start()))),
        of(
            "makes each member a group",
            "theMembersOfAGroupShareItsEvents",
            subscriber(who -> new Subscriber(who.group() + UUID.randomUUID(), who.start()))),
        of(
            "swaps neighbours of a key",
            "theEventsOfAKeyArriveInTheOrderInWhichTheyWerePublished",
            right -> Deliveries.ofEvents(right, EventMutants::swapping)),
        of(
            "ignores the slots",
            "noMoreThanTheSlotsAreUnsettledAtOnce",
            right ->
                Wrong.in(
                    EventTransport.class,
                    right,
                    "subscribe",
                    (args, subscribe) -> subscribe.call(args[0], args[1], 100, args[3]))));
  }

  private static List<Mutant<EventTransport>> part3() {
    return List.of(
        of(
            "delivers a dead letter again",
            "aDeadLetteredEventIsGoneForItsGroupAndItsKeyGoesOn",
            Deliveries.ofEvents(
                d -> Wrong.in(Delivery.class, d, "deadLetter", (args, right) -> d.giveBack()))),
        of(
            "drops what is given back",
            "whatIsGivenBackIsDeliveredAgain",
            Deliveries.ofEvents(
                d -> Wrong.in(Delivery.class, d, "giveBack", (args, right) -> d.done()))),
        of(
            "never commits",
            "whatIsDoneIsNotDeliveredAgain",
            Deliveries.ofEvents(d -> Wrong.in(Delivery.class, d, "done", (args, right) -> OK))),
        of(
            "settles twice without a word",
            "aSettledDeliveryRefusesASecondSettling",
            Deliveries.ofEvents(
                d ->
                    Wrong.in(
                        Delivery.class,
                        d,
                        "done",
                        (args, right) ->
                            ((CompletableFuture<?>) right.call(args)).handle((x, f) -> null)))),
        of(
            "ignores a pause",
            "aPausedMemberGetsNothingUntilItResumes",
            subscription("pause", (args, right) -> null)));
  }

  private static List<Mutant<EventTransport>> part4() {
    return List.of(
        of(
            "calls itself drained at once",
            "drainingWaitsForWhatIsUnsettledAndDeliversNothingNew",
            subscription(
                "drain",
                (args, right) -> {
                  right.call(args);
                  return OK;
                })));
  }

  private static Mutant<EventTransport> of(
      String wrong, String killer, UnaryOperator<EventTransport> change) {
    return new Mutant<>(wrong, killer, change);
  }

  private static UnaryOperator<EventTransport> publish(Wrong.Instead instead) {
    return right -> Wrong.in(EventTransport.class, right, "publish", instead);
  }

  private static UnaryOperator<EventTransport> envelope(UnaryOperator<Envelope> change) {
    return publish((args, right) -> right.call(args[0], change.apply((Envelope) args[1]), args[2]));
  }

  private static UnaryOperator<EventTransport> subscriber(UnaryOperator<Subscriber> change) {
    return right ->
        Wrong.in(
            EventTransport.class,
            right,
            "subscribe",
            (args, subscribe) ->
                subscribe.call(args[0], change.apply((Subscriber) args[1]), args[2], args[3]));
  }

  private static UnaryOperator<EventTransport> subscription(String method, Wrong.Instead instead) {
    return right ->
        Wrong.in(
            EventTransport.class,
            right,
            "subscribe",
            (args, subscribe) ->
                Wrong.in(Subscription.class, (Subscription) subscribe.call(args), method, instead));
  }

  private static EventTransport commitsAll(EventTransport right) {
    return Deliveries.ofEvents(
        right,
        consumer -> {
          Queue<Delivery> earlier = new ConcurrentLinkedQueue<>();
          return delivery -> {
            earlier.add(delivery);
            consumer.accept(
                Wrong.in(
                    Delivery.class,
                    delivery,
                    "done",
                    (args, done) -> {
                      CompletableFuture<?> all = OK;
                      for (Delivery one = earlier.poll(); one != null; one = earlier.poll()) {
                        all = one.done();
                        if (one == delivery) {
                          break;
                        }
                      }
                      return all;
                    }));
          };
        });
  }

  /** Keeps the first of two back until the second has gone. */
  private static Consumer<Delivery> swapping(Consumer<Delivery> consumer) {
    Map<String, Delivery> kept = new HashMap<>();
    return delivery -> {
      synchronized (kept) {
        String key = String.valueOf(delivery.envelope().key());
        Delivery before = kept.remove(key);
        if (before == null) {
          kept.put(key, delivery);
          return;
        }
        consumer.accept(delivery);
        consumer.accept(before);
      }
    };
  }
}
