package dev.comms.testkit.kit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.comms.Comms;
import dev.comms.Events;
import dev.comms.Group;
import dev.comms.contract.Backoff;
import dev.comms.contract.Context;
import dev.comms.contract.Event;
import dev.comms.contract.Handler;
import dev.comms.spi.Ability;
import dev.comms.spi.Envelope;
import dev.comms.spi.EventTransport.Start;
import io.micrometer.core.instrument.Counter;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;

/** What a user is promised, through the verbs. The key of a number is its last digit. */
abstract class EventVerbCases extends EventSettlingCases {
  private static final Event<Integer> NUMBER =
      Event.named(EVENT.name(), new Numbers())
          .handledWithin(Duration.ofSeconds(20))
          .keyedBy(number -> "key " + number % 10)
          .attempts(3)
          .backoff(new Backoff(Duration.ofMillis(300), Duration.ofMillis(300)));

  private final List<Integer> handled = new CopyOnWriteArrayList<>();
  private final List<Context> contexts = new CopyOnWriteArrayList<>();

  @Test
  void anEventIsHandledUnderTheIdAndTheKeyThatItsPublisherGave() {
    Events events = listening(this::note);

    String id = events.publish(NUMBER, 17);

    await().atMost(Bench.LONG).until(() -> !contexts.isEmpty());
    assertThat(handled).containsExactly(17);
    assertThat(contexts.get(0).id()).isEqualTo(id);
    assertThat(contexts.get(0).key()).isEqualTo("key 7");
    assertThat(contexts.get(0).attempt()).isEqualTo(1);
  }

  @Test
  void aRetryInPlaceKeepsTheOrderOfItsKeyWhileOtherKeysFlow() {
    Events events =
        listening(
            (number, context) -> {
              if (number == 1 && context.attempt() < 3) {
                throw new IllegalStateException("not yet");
              }
              note(number, context);
            });

    for (int number : new int[] {1, 11, 21, 2, 12, 22}) {
      events.publish(NUMBER, number);
    }

    await().atMost(Bench.LONG).until(() -> firsts().size() == 6);
    assertThat(firsts().stream().filter(number -> number % 10 == 1)).containsExactly(1, 11, 21);
    assertThat(firsts().stream().filter(number -> number % 10 == 2)).containsExactly(2, 12, 22);
  }

  @Test
  void anotherKeyDoesNotWaitForAKeyThatIsRetried() {
    Event<Integer> patient =
        NUMBER.attempts(2).backoff(new Backoff(Duration.ofSeconds(3), Duration.ofSeconds(3)));
    Comms comms = comms();
    Events events = comms.events(transport(bench.space));
    events.handle(
        patient,
        Group.named("group").startsAt(Start.EARLIEST),
        (number, context) -> {
          if (number == 1 && context.attempt() == 1) {
            throw new IllegalStateException("not yet");
          }
          note(number, context);
        });
    comms.start();

    events.publish(patient, 1);
    events.publish(patient, 2);

    await().atMost(Bench.LONG).until(() -> firsts().size() == 2);
    assertThat(firsts()).containsExactly(2, 1);
  }

  /** In the order in which each was handled for the first time; a broker may deliver one again. */
  private List<Integer> firsts() {
    return handled.stream().distinct().toList();
  }

  @Test
  void anEventWhoseAttemptsAreUsedUpLetsItsKeyGoOn() {
    List<Integer> attempts = new CopyOnWriteArrayList<>();
    Events events =
        listening(
            (number, context) -> {
              if (number == 1) {
                attempts.add(context.attempt());
                throw new IllegalStateException("never");
              }
              note(number, context);
            });

    events.publish(NUMBER, 1);
    events.publish(NUMBER, 11);

    await().atMost(Bench.LONG).until(() -> handled.contains(11));
    assertThat(attempts).containsExactly(1, 2, 3);
    awaitDead(events, "attempts");
  }

  @Test
  void whatCannotBeDecodedIsDeadAndItsKeyGoesOn() {
    byte[] hostile = {(byte) 0xff, 0, (byte) 0xfe, '{'};
    publish(
        instance(),
        Envelope.of("foreign", NUMBER.name(), "text/plain", now(), hostile).key("key 7"));
    Events events = listening(this::note);

    events.publish(NUMBER, 17);

    await().atMost(Bench.LONG).until(() -> handled.contains(17));
    awaitDead(events, "malformed");
    assertThat(handled).containsExactly(17);
  }

  @Test
  void anExpiredEventIsNeverHandled() {
    Instant longAgo = now().minusSeconds(60);
    publish(
        instance(),
        Envelope.of("stale", NUMBER.name(), "text/plain", longAgo, new byte[] {'7'})
            .key("key 7")
            .expires(longAgo.plusSeconds(30)));
    Events events = listening(this::note);

    events.publish(NUMBER, 17);

    await().atMost(Bench.LONG).until(() -> handled.contains(17));
    awaitDead(events, "expired");
    assertThat(handled).containsExactly(17);
  }

  private void note(Integer number, Context context) {
    handled.add(number);
    contexts.add(context);
  }

  private Comms comms() {
    return bench.owns(Comms.service("kit", bench.meters()).build());
  }

  /** A started service with one handler in one group. */
  private Events listening(Handler.Work<Integer> handler) {
    Comms comms = comms();
    Events events = comms.events(transport(bench.space));
    events.handle(NUMBER, Group.named("group").startsAt(Start.EARLIEST), handler);
    comms.start();
    return events;
  }

  /** It is counted, and where dead letters can be looked at it is there. */
  private void awaitDead(Events events, String reason) {
    await().atMost(Bench.LONG).until(() -> dead(reason) == 1);
    if (transport(bench.space).abilities().contains(Ability.DEAD_EVENTS)) {
      await()
          .atMost(Bench.LONG)
          .until(() -> bench.get(events.deadLetters(NUMBER, "group").count()) == 1);
    }
  }

  private double dead(String reason) {
    Counter counter =
        bench
            .meters()
            .find("comms.dead.letters")
            .tags("contract", NUMBER.name(), "reason", reason)
            .counter();
    return counter == null ? 0 : counter.count();
  }

  private Instant now() {
    return Instant.ofEpochMilli(bench.time.now().toEpochMilli());
  }
}
