package dev.comms.testkit;

import static dev.comms.testkit.Talks.SEEN;
import static org.assertj.core.api.Assertions.assertThat;

import dev.comms.contract.CommsException;
import dev.comms.contract.Deadline;
import dev.comms.spi.Ability;
import dev.comms.spi.DeadLetters.Choice;
import dev.comms.spi.DeadLetters.Swept;
import dev.comms.spi.Delivery;
import dev.comms.spi.Envelope;
import dev.comms.spi.EventTransport;
import dev.comms.spi.EventTransport.Range;
import dev.comms.spi.EventTransport.Replayed;
import dev.comms.spi.EventTransport.Start;
import dev.comms.spi.EventTransport.Subscriber;
import dev.comms.spi.Host;
import dev.comms.spi.Subscription;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class MemoryEventsTest {
  private final TestClock clock = TestClock.create();
  private final Instant start = clock.now();
  private final InMemory memory = new InMemory(clock, 0).keepEvents(Duration.ofHours(24));
  private final EventTransport events = memory.events();
  private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
  private final List<String> got = new ArrayList<>();

  @BeforeEach
  void attach() {
    events.attach(new Host("test", meters, clock, Runnable::run)).join();
  }

  @AfterEach
  void close() {
    events.close();
  }

  /** One event an hour, the first at once. */
  private void publishHourly(int count) {
    for (int i = 0; i < count; i++) {
      publish("a-" + i);
      clock.advance(Duration.ofHours(1));
    }
  }

  private void publish(String text) {
    byte[] body = text.getBytes(StandardCharsets.UTF_8);
    Envelope event = Envelope.of(text, SEEN.name(), "text/plain", clock.now(), body).key("a");
    events.publish(SEEN, event, Deadline.after(clock, Duration.ofSeconds(1))).join();
  }

  private Subscription read(String group, Start from) {
    return read(
        group,
        from,
        delivery -> {
          got.add(delivery.envelope().id());
          delivery.done();
        });
  }

  private Subscription read(String group, Start from, Consumer<Delivery> consumer) {
    return events.subscribe(List.of(SEEN), new Subscriber(group, from), 4, consumer);
  }

  @Test
  void everyAbilityIsNamed() {
    assertThat(events.abilities())
        .containsExactlyInAnyOrder(Ability.START_AT, Ability.REPLAY, Ability.DEAD_EVENTS);
    assertThat(memory.tasks().abilities())
        .containsExactlyInAnyOrder(Ability.PRIORITIES, Ability.CONTINUE_LATER);
  }

  @Test
  void aGroupMayBeginAtAMoment() {
    publishHourly(5);

    read("g", Start.at(start.plus(Duration.ofHours(3))));

    assertThat(got).containsExactly("a-3", "a-4");
  }

  @Test
  void aGroupMayBeginSoLongAgo() {
    publishHourly(5);

    read("g", Start.since(Duration.ofMinutes(150)));

    assertThat(got).containsExactly("a-3", "a-4");
  }

  @Test
  void whatIsTooOldIsGone() {
    publishHourly(30);

    read("g", Start.EARLIEST);

    assertThat(got).hasSize(24).startsWith("a-6").endsWith("a-29");
  }

  @Test
  void aGroupThatWasAwayTooLongPassesOverTheGap() {
    publishHourly(1);
    Subscription away = read("g", Start.EARLIEST);
    away.close();
    publishHourly(30);

    read("g", Start.EARLIEST);

    assertThat(got).hasSize(25).startsWith("a-0", "a-6");
  }

  @Test
  void aReplayReadsARangeInOrderAndEnds() {
    publishHourly(6);
    Range range = new Range(start.plus(Duration.ofHours(2)), start.plus(Duration.ofHours(4)));

    Replayed done = events.replay(SEEN, range, this::note).join();

    assertThat(got).containsExactly("a-2", "a-3");
    assertThat(done).isEqualTo(new Replayed(2, 0));
  }

  @Test
  void aReplayCountsWhatIsNoLongerKept() {
    publishHourly(30);
    Range range = new Range(start.plus(Duration.ofHours(2)), start.plus(Duration.ofHours(8)));

    Replayed done = events.replay(SEEN, range, this::note).join();

    assertThat(got).containsExactly("a-6", "a-7");
    assertThat(done).isEqualTo(new Replayed(2, 4));
  }

  @Test
  void aReplayGoesOnWhenTheOneBeforeIsDone() {
    publishHourly(2);
    List<CompletableFuture<Void>> handled = new ArrayList<>();

    CompletableFuture<Replayed> done =
        events.replay(
            SEEN,
            new Range(start, null),
            event -> {
              got.add(event.id());
              handled.add(new CompletableFuture<>());
              return handled.get(handled.size() - 1);
            });

    assertThat(got).containsExactly("a-0");
    handled.get(0).complete(null);
    assertThat(got).containsExactly("a-0", "a-1");
    assertThat(done).isNotDone();
    handled.get(1).complete(null);
    assertThat(done).isCompletedWithValue(new Replayed(2, 0));
  }

  @Test
  void aReplayWhoseHandlerFailsFails() {
    publishHourly(2);

    CompletableFuture<Replayed> done =
        events.replay(
            SEEN,
            new Range(start, null),
            event -> CompletableFuture.failedFuture(new IllegalStateException("broke")));

    assertThat(done).isCompletedExceptionally();
  }

  private CompletableFuture<Void> note(Envelope event) {
    got.add(event.id());
    return CompletableFuture.completedFuture(null);
  }

  @Test
  void aRedrivenEventComesAgainToItsGroupOnly() {
    List<Integer> redrives = new ArrayList<>();
    read("other", Start.EARLIEST);
    read(
        "g",
        Start.EARLIEST,
        delivery -> {
          redrives.add(delivery.redrive());
          if (delivery.redrive() == 0) {
            delivery.deadLetter("attempts", new CommsException.Misconfigured("seen", "broke"));
          } else {
            delivery.done();
          }
        });
    publish("a-0");
    var dead = events.deadEvents(SEEN, "g");
    assertThat(dead.count()).isCompletedWithValue(1L);

    Swept swept =
        dead.sweep(letter -> Choice.REDRIVE, Deadline.after(clock, Duration.ofSeconds(1))).join();

    assertThat(swept).isEqualTo(new Swept(1, 0, 1, 0));
    assertThat(redrives).containsExactly(0, 1);
    assertThat(got).containsExactly("a-0");
    assertThat(dead.count()).isCompletedWithValue(0L);
  }

  @Test
  void aRebalanceTakesWhatIsUnsettledAndDeliversItOnceMore() {
    List<Delivery> all = new ArrayList<>();
    read("g", Start.EARLIEST, all::add);
    read("g", Start.EARLIEST, all::add);
    publish("a-0");

    memory.faults().rebalanceNow();

    assertThat(all).hasSize(2);
    assertThat(all.get(0).revoked()).isTrue();
    assertThat(all.get(1).revoked()).isFalse();
    assertThat(all.get(1).crashes()).isZero();
  }

  @Test
  void whatIsSettledTooLateIsCountedUnderTheNameThatEveryTransportUses() {
    List<Delivery> all = new ArrayList<>();
    read("g", Start.EARLIEST, all::add);
    publish("a-0");
    memory.faults().rebalanceNow();

    all.get(0).done();

    Counter counter =
        meters
            .get("comms.settle.void")
            .tag("messaging.system", "memory")
            .tag("contract", SEEN.name())
            .counter();
    assertThat(counter.count()).isEqualTo(1);
  }
}
