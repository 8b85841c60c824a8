package dev.comms;

import static dev.comms.Fixture.SEEN;
import static dev.comms.Fixture.comms;
import static dev.comms.Fixture.failureOf;
import static dev.comms.Fixture.policies;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.awaitility.Awaitility.await;

import dev.comms.contract.CommsException;
import dev.comms.contract.CommsException.Misconfigured;
import dev.comms.fake.FakeDelivery;
import dev.comms.fake.FakeEvents;
import dev.comms.fake.ManualTime;
import dev.comms.spi.Ability;
import dev.comms.spi.EventTransport.Range;
import dev.comms.spi.EventTransport.Replayed;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ReplayTest {
  private static final Duration DAY = Duration.ofDays(1);

  private final ManualTime time = new ManualTime();
  private final Comms comms = comms(new SimpleMeterRegistry(), policies(), time);
  private final FakeEvents log = new FakeEvents();
  private final Events events = comms.events(log);
  private final List<String> handled = new CopyOnWriteArrayList<>();

  ReplayTest() {
    log.abilities = Set.of(Ability.REPLAY);
    comms.start();
  }

  @AfterEach
  void close() {
    comms.close();
  }

  private void kept(String id, String key, String body) {
    log.published.add(FakeDelivery.message("test.seen", id, body).key(key));
  }

  private Replay<String> all() {
    return events.replay(SEEN).from(Instant.EPOCH);
  }

  @Test
  void eachKeptEventIsHandledAndTheCountsComeBack() {
    kept("id-1", "a", "one");
    kept("id-2", "a", "two");
    Replayed replayed = all().each((text, context) -> handled.add(context.id() + " " + text));
    assertThat(replayed).isEqualTo(new Replayed(2, 2));
    assertThat(handled).containsExactly("id-1 one", "id-2 two");
  }

  @Test
  void theRangeIsWhatWasSaid() {
    Instant begin = time.now();
    time.advance(DAY);
    events.replay(SEEN).since(Duration.ofHours(24)).each((text, context) -> {});
    events.replay(SEEN).from(begin).to(begin.plusSeconds(5)).each((text, context) -> {});
    assertThat(log.ranges)
        .containsExactly(new Range(begin, null), new Range(begin, begin.plusSeconds(5)));
  }

  @Test
  void whatExpiredOrIsADayOldIsHandledAllTheSame() {
    log.published.add(
        FakeDelivery.message("test.seen", "id-1", "old")
            .expires(time.now().plus(Duration.ofSeconds(10))));
    time.advance(DAY);
    all().each((text, context) -> handled.add(text));
    assertThat(handled).containsExactly("old");
  }

  @Test
  void theEventsOfAKeyKeepTheirOrderAndOthersDoNotWait() throws Exception {
    for (int i = 0; i < 50; i++) {
      kept("a-" + i, "a", "a" + i);
    }
    kept("b", "b", "b");
    CountDownLatch other = new CountDownLatch(1);
    all()
        .each(
            (text, context) -> {
              if (text.equals("b")) {
                other.countDown();
              } else {
                other.await();
                handled.add(text);
              }
            });
    assertThat(handled).hasSize(50).startsWith("a0", "a1", "a2").endsWith("a49");
  }

  @Test
  void notMoreAreHandledAtATimeThanWasSaid() {
    AtomicInteger now = new AtomicInteger();
    AtomicInteger most = new AtomicInteger();
    CountDownLatch together = new CountDownLatch(3);
    for (int i = 0; i < 60; i++) {
      kept("id-" + i, "key-" + i, "x");
    }
    all()
        .concurrency(3)
        .each(
            (text, context) -> {
              most.accumulateAndGet(now.incrementAndGet(), Math::max);
              together.countDown();
              together.await();
              now.decrementAndGet();
            });
    assertThat(most).hasValue(3);
  }

  @Test
  void theFirstHandlerThatFailsEndsItAndTheEventIsNamed() {
    kept("id-1", "a", "one");
    kept("id-2", "a", "two");
    kept("id-3", "a", "three");
    CompletableFuture<Replayed> replayed =
        all()
            .eachAsync(
                (text, context) -> {
                  handled.add(text);
                  if (text.equals("two")) {
                    throw new IllegalStateException("no table");
                  }
                });
    assertThat(failureOf(replayed))
        .isInstanceOf(CommsException.Failed.class)
        .hasMessageContainingAll("test.seen", "stopped at event id-2", "no table");
    assertThat(handled).containsExactly("one", "two");
  }

  @Test
  void cancellingItBeginsNothingMore() throws Exception {
    CountDownLatch begun = new CountDownLatch(1);
    kept("id-1", "a", "one");
    kept("id-2", "a", "two");
    CompletableFuture<Replayed> replayed =
        all()
            .eachAsync(
                (text, context) -> {
                  handled.add(text);
                  begun.countDown();
                  new CountDownLatch(1).await();
                });
    begun.await();
    replayed.cancel(true);
    comms.close();
    await().until(replayed::isDone);
    assertThat(handled).containsExactly("one");
  }

  @Test
  void aTransportWithoutItRefuses() {
    log.abilities = Set.of();
    assertThatExceptionOfType(Misconfigured.class)
        .isThrownBy(() -> all().each((text, context) -> {}))
        .withMessageContainingAll("test.seen", "fake-events has no replay");
  }

  @Test
  void whatCannotBeIsRefusedByName() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> events.replay(SEEN).since(Duration.ofSeconds(-1)))
        .withMessageContainingAll("test.seen", "since PT-1S");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> all().to(Instant.EPOCH))
        .withMessageContainingAll("test.seen", "it begins at 1970");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> all().concurrency(0))
        .withMessageContainingAll("test.seen", "is 0", "1 to 10,000");
  }
}
