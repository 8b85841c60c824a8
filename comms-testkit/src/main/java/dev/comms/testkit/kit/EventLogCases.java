package dev.comms.testkit.kit;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.comms.contract.CommsException;
import dev.comms.spi.Ability;
import dev.comms.spi.DeadLetters;
import dev.comms.spi.Delivery;
import dev.comms.spi.Envelope;
import dev.comms.spi.EventTransport;
import dev.comms.spi.EventTransport.Range;
import dev.comms.spi.EventTransport.Start;
import dev.comms.spi.Health;
import dev.comms.spi.Subscription;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.assertj.core.api.Assertions;
import org.junit.jupiter.api.Test;

/** The log behind the groups: what is kept, and where each group is. */
abstract class EventLogCases extends EventVerbCases {

  @Test
  void fiveHundredEventsPublishedAtOnceAreDeliveredOnceEach() {
    EventTransport events = instance();
    List<CompletableFuture<Void>> confirms = new ArrayList<>();
    for (int i = 0; i < 500; i++) {
      confirms.add(events.publish(EVENT, message("key " + i % 50, "event " + i), bench.inTime()));
    }
    bench.get(CompletableFuture.allOf(confirms.toArray(CompletableFuture[]::new)));

    Inbox<Delivery> inbox = consume(instance(), "all", 600);
    List<String> texts = inbox.next(500).stream().map(Inbox::text).toList();

    assertThat(new HashSet<>(texts)).hasSize(500);
    inbox.staysEmpty();
  }

  @Test
  void aBodyOfHalfAMegabyteTravels() {
    EventTransport events = instance();
    byte[] body = new byte[500_000];
    Arrays.fill(body, (byte) 7);
    body[499_999] = 9;
    Envelope sent =
        Envelope.of("large", EVENT.name(), "application/octet-stream", now(), body).key("k");
    publish(events, sent);

    assertThat(consume(events, "all", 1).next().envelope().body()).isEqualTo(body);
  }

  @Test
  void anEventIsKeptThoughItsPublishersDeadlineHasPassed() {
    EventTransport events = instance();
    bench.get(events.publish(EVENT, message("k", "kept"), bench.in(Duration.ofSeconds(5))));
    bench.waits(Duration.ofSeconds(6));

    Envelope got = consume(instance(), "late", 1).next().envelope();

    assertThat(got.expires()).isNull();
  }

  @Test
  void eventsWithoutAKeyAreAllDelivered() {
    EventTransport events = instance();
    for (int i = 0; i < 20; i++) {
      publish(events, message("unused", "event " + i).key(null));
    }

    Inbox<Delivery> inbox = consume(instance(), "all", 100);

    assertThat(new HashSet<>(ids(inbox.next(20)))).hasSize(20);
    inbox.staysEmpty();
  }

  @Test
  void oneGroupsDeadLetterIsTheOtherGroupsEvent() {
    EventTransport events = instance();
    Inbox<Delivery> strict = consume(instance(), "strict", 5);
    Inbox<Delivery> kind = consume(instance(), "kind", 5);
    Envelope sent = publish(events, "k", "odd");

    bench.get(strict.next().deadLetter("rejected", BROKE));

    Delivery same = kind.next();
    assertThat(same.envelope().id()).isEqualTo(sent.id());
    bench.get(same.done());
    strict.staysEmpty();
  }

  @Test
  void aGroupThatComesBackGoesOnWhereItWasWhereverItSaysToStart() {
    EventTransport events = instance();
    publish(events, "k", "first");
    Inbox<Delivery> before = new Inbox<>();
    Subscription member = subscribe(instance(), "group", Start.EARLIEST, 5, before);
    bench.get(before.next().done());
    bench.get(member.drain(bench.inTime()));
    member.close();
    publish(events, "k", "meanwhile");

    Inbox<Delivery> after = new Inbox<>();
    subscribe(instance(), "group", Start.LATEST, 5, after);

    assertThat(Inbox.text(after.next())).isEqualTo("meanwhile");
    after.staysEmpty();
  }

  @Test
  void aMemberThatClosesGetsNothingMore() {
    EventTransport events = instance();
    Inbox<Delivery> inbox = new Inbox<>();
    Subscription member = subscribe(events, "group", Start.EARLIEST, 5, inbox);
    publish(events, "k", "before");
    bench.get(inbox.next().done());

    member.close();
    member.close();
    publish(events, "k", "after");

    inbox.staysEmpty();
  }

  @Test
  void afterAPauseTheOrderOfAKeyIsKept() {
    EventTransport events = instance();
    Inbox<Delivery> inbox = new Inbox<>();
    Subscription member = subscribe(instance(), "group", Start.EARLIEST, 50, inbox);
    awaitUp(member);
    member.pause();
    for (int i = 0; i < 10; i++) {
      publish(events, "k", "event " + i);
    }
    member.resume();

    assertThat(inbox.next(10)).extracting(Inbox::text).isSorted();
  }

  @Test
  void aMemberSaysThatItIsUpAndSinceWhen() {
    EventTransport events = instance();
    Subscription member = subscribe(events, "group", Start.EARLIEST, 5, new Inbox<>());

    awaitUp(member);

    assertThat(member.health().parts())
        .isNotEmpty()
        .allSatisfy(part -> assertThat(part.since()).isBeforeOrEqualTo(Instant.now()));
    assertThat(events.health().state()).isEqualTo(Health.State.UP);
  }

  @Test
  void anotherMemberGoesOnForTheOneThatLeft() {
    EventTransport events = instance();
    Inbox<Delivery> first = new Inbox<>();
    Subscription leaving = subscribe(instance(), "group", Start.EARLIEST, 50, first);
    for (int i = 0; i < 10; i++) {
      publish(events, "key " + i, "event " + i);
    }
    List<Delivery> held = first.next(10);
    for (int i = 0; i < 5; i++) {
      bench.get(held.get(i).done());
    }
    List<String> undone = ids(held.subList(5, 10));
    leaving.close();

    Inbox<Delivery> second = consume(instance(), "group", 50);

    List<String> again = new ArrayList<>();
    while (!again.containsAll(undone)) {
      again.add(second.next().envelope().id());
    }
    assertThat(again).containsAll(undone);
  }

  @Test
  void aNewGroupMayStartAtAMomentOrIsRefusedClearly() {
    EventTransport events = instance();
    publish(events, message("k", "long ago"));
    bench.waits(Duration.ofSeconds(2));
    Instant since = now();
    bench.waits(Duration.ofMillis(50));
    publish(events, message("k", "lately"));
    Inbox<Delivery> inbox = new Inbox<>();
    if (!events.abilities().contains(Ability.START_AT)) {
      Assertions.assertThatExceptionOfType(CommsException.Misconfigured.class)
          .isThrownBy(() -> subscribe(events, "from then", Start.at(since), 5, inbox))
          .withMessageContainingAll(EVENT.name(), events.system());
      return;
    }
    subscribe(instance(), "from then", Start.at(since), 5, inbox);

    assertThat(Inbox.text(inbox.next())).isEqualTo("lately");
    inbox.staysEmpty();
  }

  @Test
  void aReplayReadsWhatIsKeptInOrderPerKeyAndEndsOrIsRefusedClearly() {
    EventTransport events = instance();
    Range all = new Range(Instant.EPOCH, null);
    if (!events.abilities().contains(Ability.REPLAY)) {
      Assertions.assertThatExceptionOfType(CommsException.Misconfigured.class)
          .isThrownBy(
              () -> events.replay(EVENT, all, each -> CompletableFuture.completedFuture(null)))
          .withMessageContainingAll(EVENT.name(), events.system(), "replay");
      return;
    }
    for (int i = 0; i < 10; i++) {
      publish(events, "key " + i % 2, "event " + i);
    }
    Inbox<Delivery> group = consume(events, "group", 50);
    group.next(10).forEach(Delivery::done);
    List<String> replayed = new ArrayList<>();

    EventTransport.Replayed result =
        bench.get(
            events.replay(
                EVENT,
                all,
                each -> {
                  synchronized (replayed) {
                    replayed.add(each.key() + " " + new String(each.body(), UTF_8));
                  }
                  return CompletableFuture.completedFuture(null);
                }));

    assertThat(result.events()).isEqualTo(10);
    assertThat(replayed.stream().filter(one -> one.startsWith("key 1"))).isSorted().hasSize(5);
    group.staysEmpty();
  }

  @Test
  void deadLettersOfAGroupAreShownAndRedrivenToItAloneOrAreRefusedClearly() {
    EventTransport events = instance();
    if (!events.abilities().contains(Ability.DEAD_EVENTS)) {
      Assertions.assertThatExceptionOfType(CommsException.Misconfigured.class)
          .isThrownBy(() -> events.deadEvents(EVENT, "group"))
          .withMessageContainingAll(EVENT.name(), events.system(), "dead letters");
      return;
    }
    Inbox<Delivery> inbox = consume(events, "group", 5);
    Inbox<Delivery> other = consume(events, "other", 5);
    Envelope sent = publish(events, "k", "dead");
    bench.get(other.next().done());
    bench.get(inbox.next().deadLetter("rejected", BROKE));

    List<DeadLetters.Letter> letters = new ArrayList<>();
    bench.get(
        events
            .deadEvents(EVENT, "group")
            .sweep(
                letter -> {
                  letters.add(letter);
                  return DeadLetters.Choice.REDRIVE;
                },
                bench.inTime()));

    assertThat(letters).extracting(DeadLetters.Letter::reason).containsExactly("rejected");
    Delivery again = inbox.next();
    assertThat(again.envelope().id()).isEqualTo(sent.id());
    assertThat(again.redrive()).isEqualTo(1);
    other.staysEmpty();
  }

  @Test
  void itLacksWhatTheListSaysAndNothingElse() {
    EventTransport events = instance();

    assertThat(Refusal.lacking(events, Refusal.OF_EVENTS))
        .containsExactlyInAnyOrderElementsOf(Refusal.listed(events, Refusal.OF_EVENTS));
  }

  private static Instant now() {
    return Instant.ofEpochMilli(Instant.now().toEpochMilli());
  }
}
