package dev.comms.testkit.kit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.comms.contract.CommsException;
import dev.comms.contract.Effect;
import dev.comms.spi.Delivery;
import dev.comms.spi.Envelope;
import dev.comms.spi.EventTransport;
import dev.comms.spi.EventTransport.Start;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** Publishing and delivering to groups. */
abstract class EventDeliveryCases extends EventKit {

  @Test
  void whatIsPublishedIsDeliveredWithNothingChanged() {
    EventTransport events = instance();
    Envelope sent =
        message("kunde 7 ü", "grüße \u0000\u0001 \uD83D\uDE80")
            .headers(Map.of("traceparent", "00-abc", "tenant", "blue"));
    publish(events, sent.expires(sent.time().plusSeconds(3_600)));

    Delivery delivery = consume(events, "all", 1).next();

    Envelope got = delivery.envelope();
    assertThat(got.id()).isEqualTo(sent.id());
    assertThat(got.contract()).isEqualTo(sent.contract());
    assertThat(got.contentType()).isEqualTo(sent.contentType());
    assertThat(got.key()).isEqualTo(sent.key());
    assertThat(got.time()).isEqualTo(sent.time());
    assertThat(got.expires()).isEqualTo(sent.time().plusSeconds(3_600));
    assertThat(got.headers()).isEqualTo(sent.headers());
    assertThat(got.body()).isEqualTo(sent.body());
    assertThat(delivery.attempt()).isEqualTo(1);
    assertThat(delivery.redrive()).isZero();
  }

  @Test
  void anEventWithoutKeyExpiryHeadersAndBodyHasNoneOnArrival() {
    EventTransport events = instance();
    publish(events, message("unused", "").key(null));

    Envelope got = consume(events, "all", 1).next().envelope();

    assertThat(got.key()).isNull();
    assertThat(got.expires()).isNull();
    assertThat(got.headers()).isEmpty();
    assertThat(got.body()).isEmpty();
  }

  @Test
  void everyGroupGetsEveryEvent() {
    EventTransport events = instance();
    Inbox<Delivery> analytics = consume(instance(), "analytics", 100);
    Inbox<Delivery> mail = consume(instance(), "mail", 100);
    Set<String> sent = new HashSet<>();
    for (int i = 0; i < 30; i++) {
      sent.add(publish(events, "k" + i, "event " + i).id());
    }

    assertThat(ids(analytics.next(30))).containsExactlyInAnyOrderElementsOf(sent);
    assertThat(ids(mail.next(30))).containsExactlyInAnyOrderElementsOf(sent);
    analytics.staysEmpty();
    mail.staysEmpty();
  }

  @Test
  void theMembersOfAGroupShareItsEvents() {
    EventTransport events = instance();
    Inbox<Delivery> one = consume(instance(), "shared", 100);
    Inbox<Delivery> other = consume(instance(), "shared", 100);
    Set<Inbox<Delivery>> shared = new HashSet<>();
    int reading = Refusal.may(events, Refusal.MEMBERS_AT_ONCE) ? 1 : 2;
    await()
        .atMost(Bench.LONG)
        .until(
            () -> {
              publishForEachKey(events);
              one.taken().forEach(delivery -> settledBy(shared, one, delivery));
              other.taken().forEach(delivery -> settledBy(shared, other, delivery));
              return shared.size() == reading;
            });
    String marker = "marker";
    Set<String> sent = new HashSet<>();
    for (int key = 0; key < 40; key++) {
      sent.add(publish(events, "key " + key, marker).id());
    }

    List<String> got = new ArrayList<>();
    await()
        .atMost(Bench.LONG)
        .untilAsserted(
            () -> {
              for (Inbox<Delivery> inbox : List.of(one, other)) {
                for (Delivery delivery : inbox.taken()) {
                  delivery.done();
                  if (Inbox.text(delivery).equals(marker)) {
                    got.add(delivery.envelope().id());
                  }
                }
              }
              assertThat(new HashSet<>(got)).isEqualTo(sent);
            });
    assertThat(got).as("each to one member only").hasSize(40);
  }

  @Test
  void theEventsOfAKeyArriveInTheOrderInWhichTheyWerePublished() {
    EventTransport events = instance();
    bench.get(publishRounds(events, 0, 20));
    Inbox<Delivery> inbox = consume(instance(), "ordered", 500);
    bench.get(publishRounds(events, 20, 40));

    List<Delivery> got = inbox.next(200);

    for (String key : List.of("a", "b", "c", "d", "e")) {
      List<Integer> order =
          got.stream()
              .filter(delivery -> key.equals(delivery.envelope().key()))
              .map(delivery -> Integer.valueOf(Inbox.text(delivery)))
              .toList();
      assertThat(order).as("key %s", key).hasSize(40).isSorted();
    }
    inbox.staysEmpty();
  }

  @Test
  void aNewGroupThatStartsEarliestSeesWhatWasBefore() {
    EventTransport events = instance();
    publish(events, "k", "before");

    assertThat(Inbox.text(consume(instance(), "late", 1).next())).isEqualTo("before");
  }

  @Test
  void aNewGroupThatStartsLatestSeesOnlyWhatComesAfterItIsUp() {
    EventTransport events = instance();
    publish(events, "k", "before");
    Inbox<Delivery> inbox = new Inbox<>();
    awaitUp(subscribe(instance(), "late", Start.LATEST, 5, inbox));

    publish(events, "k", "after");

    assertThat(Inbox.text(inbox.next())).isEqualTo("after");
    inbox.staysEmpty();
  }

  @Test
  void noMoreThanTheSlotsAreUnsettledAtOnce() {
    EventTransport events = instance();
    for (int i = 0; i < 10; i++) {
      publish(events, "key " + i, "event " + i);
    }
    Inbox<Delivery> inbox = consume(instance(), "narrow", 3);

    List<Delivery> held = inbox.next(3);
    inbox.staysEmpty();
    held.get(0).done();

    inbox.next();
    inbox.staysEmpty();
  }

  @Test
  void publishingAfterTheEndFailsAndSaysThatNothingWasStored() {
    EventTransport events = instance();
    events.close();

    CommsException refused =
        bench.failure(events.publish(EVENT, message("k", "late"), bench.inTime()));

    assertThat(refused).isNotInstanceOf(CommsException.Failed.class);
    assertThat(refused.effect()).isEqualTo(Effect.NONE);
    consume(instance(), "any", 1).staysEmpty();
  }

  /** The numbers from one to before the other, in each of five keys, without waiting in between. */
  private CompletableFuture<Void> publishRounds(EventTransport events, int from, int to) {
    List<CompletableFuture<Void>> confirms = new ArrayList<>();
    for (int i = from; i < to; i++) {
      for (String key : List.of("a", "b", "c", "d", "e")) {
        confirms.add(events.publish(EVENT, message(key, String.valueOf(i)), bench.inTime()));
      }
    }
    return CompletableFuture.allOf(confirms.toArray(CompletableFuture[]::new));
  }

  private void publishForEachKey(EventTransport events) {
    for (int key = 0; key < 40; key++) {
      publish(events, "key " + key, "warm up");
    }
  }

  private static void settledBy(
      Set<Inbox<Delivery>> shared, Inbox<Delivery> inbox, Delivery delivery) {
    delivery.done();
    shared.add(inbox);
  }

  static List<String> ids(List<Delivery> deliveries) {
    return deliveries.stream().map(delivery -> delivery.envelope().id()).toList();
  }
}
