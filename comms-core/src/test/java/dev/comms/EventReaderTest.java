package dev.comms;

import static dev.comms.Fixture.SEEN;
import static dev.comms.Fixture.SOON;
import static dev.comms.Fixture.comms;
import static dev.comms.Fixture.policies;
import static dev.comms.Fixture.valueOf;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.comms.contract.Event;
import dev.comms.contract.Handler;
import dev.comms.contract.Verdict;
import dev.comms.fake.FakeDelivery;
import dev.comms.fake.FakeEvents;
import dev.comms.spi.EventTransport.Start;
import dev.comms.spi.EventTransport.Subscriber;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class EventReaderTest {
  private static final Group GROUP = Group.named("readers").startsAt(Start.EARLIEST).concurrency(2);

  private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
  private final FakeEvents transport = new FakeEvents();
  private final List<String> handled = new CopyOnWriteArrayList<>();
  private final CountDownLatch release = new CountDownLatch(1);
  private Comms comms = comms(meters, policies());

  @AfterEach
  void close() {
    release.countDown();
    comms.close();
  }

  private void reading(Event<String> event, Handler.Work<String> handler) {
    comms.events(transport).handle(event, GROUP, handler);
    comms.start();
  }

  private FakeDelivery deliver(@Nullable String key, String body) {
    return transport.consumer.deliver(FakeDelivery.of("test.seen", "id-" + body, key, body));
  }

  @Test
  void theGroupBeginsWhereItSaysWithSlotsForManyKeys() {
    reading(SEEN, (text, context) -> handled.add(text));
    assertThat(transport.subscribers).containsExactly(new Subscriber("readers", Start.EARLIEST));
    assertThat(transport.consumer.slots).isEqualTo(128);
    assertThat(valueOf(deliver("k", "one").settled)).isEqualTo("done");
  }

  @Test
  void whatIsRetriedInPlaceHoldsItsKeyWhileOthersFlow() {
    CountDownLatch failed = new CountDownLatch(1);
    Event<String> patient =
        SEEN.backoff(
            new dev.comms.contract.Backoff(Duration.ofMillis(300), Duration.ofMillis(300)));
    reading(
        patient,
        (text, context) -> {
          handled.add(text + context.attempt());
          if (text.equals("a") && context.attempt() == 1) {
            failed.countDown();
            throw new IllegalStateException("once");
          }
        });
    FakeDelivery first = deliver("k", "a");
    FakeDelivery second = deliver("k", "b");
    FakeDelivery other = deliver("o", "c");
    assertThat(valueOf(other.settled)).isEqualTo("done");
    assertThat(valueOf(second.settled)).isEqualTo("done");
    assertThat(valueOf(first.settled)).isEqualTo("done");
    assertThat(handled.indexOf("a2")).isLessThan(handled.indexOf("b1"));
    assertThat(handled.indexOf("c1")).isLessThan(handled.indexOf("a2"));
    assertThat(first.settlements).containsExactly("done");
  }

  @Test
  void afterItsLastAttemptItIsDeadAndItsKeyGoesOn() {
    reading(
        SEEN.attempts(2),
        (text, context) -> {
          handled.add(text + context.attempt());
          if (text.equals("a")) {
            throw new IllegalStateException("always");
          }
        });
    FakeDelivery first = deliver("k", "a");
    FakeDelivery second = deliver("k", "b");
    assertThat(valueOf(first.settled)).isEqualTo("dead: attempts");
    assertThat(valueOf(second.settled)).isEqualTo("done");
    assertThat(handled).containsExactly("a1", "a2", "b1");
  }

  @Test
  void whatIsRejectedMalformedOrTooDangerousIsDeadAndItsKeyGoesOn() {
    reading(
        SEEN,
        (text, context) -> {
          handled.add(text);
          if (text.equals("no")) {
            throw Verdict.reject("no");
          }
        });
    FakeDelivery rejected = deliver("k", "no");
    FakeDelivery malformed = deliver("k", "bad");
    FakeDelivery crashing = FakeDelivery.of("test.seen", "id", "k", "boom");
    crashing.crashes = 3;
    transport.consumer.deliver(crashing);
    FakeDelivery last = deliver("k", "last");
    assertThat(valueOf(rejected.settled)).isEqualTo("dead: rejected");
    assertThat(valueOf(malformed.settled)).isEqualTo("dead: malformed");
    assertThat(valueOf(crashing.settled)).isEqualTo("dead: crashes");
    assertThat(valueOf(last.settled)).isEqualTo("done");
    assertThat(handled).containsExactly("no", "last");
  }

  @Test
  void whatTheBrokerTookBackIsGivenBackUnhandled() {
    CountDownLatch begun = new CountDownLatch(1);
    reading(
        SEEN,
        (text, context) -> {
          handled.add(text);
          begun.countDown();
          release.await();
        });
    FakeDelivery first = deliver("k", "a");
    FakeDelivery second = deliver("k", "b");
    second.revoked = true;
    release.countDown();
    assertThat(valueOf(first.settled)).isEqualTo("done");
    assertThat(valueOf(second.settled)).isEqualTo("given back");
    assertThat(handled).containsExactly("a");
  }

  @Test
  void whatIsRevokedWhileItWaitsForItsNextAttemptIsGivenBack() {
    Event<String> patient =
        SEEN.backoff(
            new dev.comms.contract.Backoff(Duration.ofMillis(200), Duration.ofMillis(200)));
    FakeDelivery delivery = FakeDelivery.of("test.seen", "id", "k", "a");
    reading(
        patient,
        (text, context) -> {
          handled.add(text);
          delivery.revoked = true;
          throw new IllegalStateException("once");
        });
    transport.consumer.deliver(delivery);
    assertThat(valueOf(delivery.settled)).isEqualTo("given back");
    assertThat(handled).containsExactly("a");
  }

  @Test
  void whatWaitsWhenTheServiceEndsIsGivenBackAndNotDead() throws Exception {
    comms =
        Comms.service("test", meters)
            .policies(policies())
            .drainWithin(Duration.ofMillis(100))
            .build();
    CountDownLatch begun = new CountDownLatch(1);
    reading(
        SEEN.attempts(1).backoff(SOON),
        (text, context) -> {
          handled.add(text);
          begun.countDown();
          release.await();
        });
    FakeDelivery first = deliver("k", "a");
    FakeDelivery second = deliver("k", "b");
    begun.await();
    comms.close();
    assertThat(valueOf(first.settled)).isEqualTo("given back");
    assertThat(valueOf(second.settled)).isEqualTo("given back");
    assertThat(handled).containsExactly("a");
    await().until(() -> second.settlements.size() == 1);
  }

  @Test
  void aKeyWaitsUntilItsDeadLetterIsSettledWhileOthersFlow() {
    reading(
        SEEN.attempts(1),
        (text, context) -> {
          handled.add(text);
          if (text.equals("a")) {
            throw new IllegalStateException("for good");
          }
        });
    FakeDelivery first = FakeDelivery.of("test.seen", "id-a", "k", "a");
    first.settling = new CompletableFuture<>();
    transport.consumer.deliver(first);
    FakeDelivery follower = deliver("k", "b");
    assertThat(valueOf(first.settled)).isEqualTo("dead: attempts");
    for (int i = 0; i < 4; i++) {
      assertThat(valueOf(deliver("o" + i, "o" + i).settled)).isEqualTo("done");
    }
    assertThat(follower.settlements).isEmpty();
    first.settling.complete(null);
    assertThat(valueOf(follower.settled)).isEqualTo("done");
  }
}
