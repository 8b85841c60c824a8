package dev.comms;

import static dev.comms.Fixture.SEEN;
import static dev.comms.Fixture.comms;
import static dev.comms.Fixture.policies;
import static dev.comms.Fixture.valueOf;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.comms.contract.Backoff;
import dev.comms.contract.Event;
import dev.comms.contract.Handler;
import dev.comms.fake.FakeDelivery;
import dev.comms.fake.FakeEvents;
import dev.comms.fake.ManualTime;
import dev.comms.spi.EventTransport.Start;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The clock stands still: whoever waited for a pause to pass would wait for ever. */
class RestingTest {
  private static final Duration LONG = Duration.ofSeconds(30);
  private static final Event<String> PATIENT = SEEN.backoff(new Backoff(LONG, LONG));

  private final ManualTime time = new ManualTime();
  private final FakeEvents transport = new FakeEvents();
  private final List<String> handled = new CopyOnWriteArrayList<>();
  private final CountDownLatch release = new CountDownLatch(1);
  private final Comms comms = comms(new SimpleMeterRegistry(), policies(), time);

  @AfterEach
  void close() {
    release.countDown();
    comms.close();
  }

  private void reading(Handler.Work<String> handler) {
    comms
        .events(transport)
        .handle(PATIENT, Group.named("readers").startsAt(Start.EARLIEST), handler);
    comms.start();
  }

  private FakeDelivery deliver(String body) {
    return transport.consumer.deliver(FakeDelivery.of("test.seen", "id-" + body, "k", body));
  }

  @Test
  void whatWaitsForItsNextAttemptGoesBackWithItsFollowersWhenItsServiceEnds() {
    reading(
        (text, context) -> {
          handled.add(text);
          throw new IllegalStateException("not yet");
        });
    FakeDelivery first = deliver("a");
    FakeDelivery second = deliver("b");
    await().until(() -> handled.contains("a") && time.timers() == 1);

    CompletableFuture<Void> closed = CompletableFuture.runAsync(comms::close);

    assertThat(valueOf(first.settled)).isEqualTo("given back");
    assertThat(valueOf(second.settled)).isEqualTo("given back");
    valueOf(closed);
    assertThat(handled).containsExactly("a");
  }

  @Test
  void whatFailsWhileItsServiceEndsGoesBackWithoutWaiting() throws Exception {
    CountDownLatch begun = new CountDownLatch(1);
    reading(
        (text, context) -> {
          begun.countDown();
          release.await();
          throw new IllegalStateException("not yet");
        });
    FakeDelivery one = deliver("a");
    begun.await();

    CompletableFuture<Void> closed = CompletableFuture.runAsync(comms::close);
    await().until(() -> transport.diary.contains("drain events"));
    release.countDown();

    assertThat(valueOf(one.settled)).isEqualTo("given back");
    valueOf(closed);
  }
}
