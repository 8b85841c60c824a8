package dev.comms.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.comms.contract.CommsException;
import dev.comms.contract.CommsException.DeadlineExceeded;
import dev.comms.contract.CommsException.Overloaded;
import dev.comms.contract.CommsException.Rejected;
import dev.comms.contract.CommsException.Unavailable;
import dev.comms.contract.CommsException.UnknownOutcome;
import dev.comms.contract.Effect;
import dev.comms.spi.Health;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.clients.producer.Callback;
import org.apache.kafka.clients.producer.MockProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class PublisherTest {
  private final Rig rig = new Rig();
  private final MockProducer<byte[], byte[]> producer =
      new MockProducer<>(false, null, new ByteArraySerializer(), new ByteArraySerializer());
  private final Publisher publisher = new Publisher(producer, rig.host());
  private final Gate open = new Gate(() -> CompletableFuture.completedFuture(null));

  @AfterEach
  void close() {
    publisher.close(Duration.ofSeconds(2));
    rig.close();
  }

  @Test
  void aConfirmThatDoesNotComeIsAnUnknownOutcomeWithTheId() {
    CommsException late = Rig.failure(publish("7", Duration.ofMillis(50), open));

    assertThat(late).isInstanceOf(UnknownOutcome.class);
    assertThat(((UnknownOutcome) late).id()).isEqualTo("7");
    assertThat(late.effect()).isEqualTo(Effect.POSSIBLE);
  }

  @Test
  void whatWaitsForItsTopicAtTheDeadlineIsNeverSent() {
    CompletableFuture<Void> found = new CompletableFuture<>();
    Gate closed = new Gate(() -> found);

    CommsException late = Rig.failure(publish("7", Duration.ofMillis(50), closed));
    found.complete(null);

    assertThat(late).isInstanceOf(Unavailable.class);
    assertThat(late.effect()).isEqualTo(Effect.NONE);
    assertThat(producer.history()).isEmpty();
  }

  @Test
  void eventsThatWaitForTheirTopicPassInTheOrderInWhichTheyCame() {
    CompletableFuture<Void> found = new CompletableFuture<>();
    Gate closed = new Gate(() -> found);
    for (int i = 0; i < 100; i++) {
      publish(String.valueOf(i), Rig.LONG, closed);
    }
    found.complete(null);
    publish("100", Rig.LONG, closed);
    awaitSent(101);

    List<String> order =
        producer.history().stream()
            .map(one -> new String(one.value(), StandardCharsets.UTF_8))
            .toList();
    assertThat(order).hasSize(101);
    for (int i = 0; i <= 100; i++) {
      assertThat(order.get(i)).isEqualTo(String.valueOf(i));
    }
  }

  @Test
  void aSearchThatFailedIsMadeAgainForTheNextEvent() {
    List<CompletableFuture<Void>> searches = new ArrayList<>();
    Gate gate = gate(searches);
    CompletableFuture<Void> first = publish("1", Rig.LONG, gate);
    searches.get(0).completeExceptionally(new CommsException.Misconfigured("kafka", "no topic"));
    publish("2", Rig.LONG, gate);
    searches.get(1).complete(null);

    assertThat(Rig.failure(first)).hasMessageContaining("no topic");
    awaitSent(1);
  }

  @Test
  void tooMuchUnderWayIsRefusedAtOnce() {
    for (int i = 0; i < 10_000; i++) {
      publish("x", Rig.LONG, open);
    }
    awaitSent(10_000);

    CommsException full = Rig.failure(publish("10001", Rig.LONG, open));

    assertThat(full).isInstanceOf(Overloaded.class);
    assertThat(full.effect()).isEqualTo(Effect.NONE);
    producer.completeNext();
    publish("again", Rig.LONG, open);
    awaitSent(10_001);
  }

  @Test
  void failuresSayWhetherTheEventMayBeStored() {
    CompletableFuture<Void> large = publish("1", Rig.LONG, open);
    awaitSent(1);
    producer.errorNext(new RecordTooLargeException("too large"));
    CompletableFuture<Void> expired = publish("2", Rig.LONG, open);
    awaitSent(2);
    producer.errorNext(new TimeoutException("expired"));

    assertThat(Rig.failure(large)).isInstanceOf(Rejected.class);
    assertThat(Rig.failure(large).effect()).isEqualTo(Effect.NONE);
    assertThat(Rig.failure(expired)).isInstanceOf(UnknownOutcome.class);
    assertThat(publisher.health().state()).isEqualTo(Health.State.DOWN);
    publish("3", Rig.LONG, open);
    awaitSent(3);
    producer.completeNext();
    assertThat(publisher.health().state()).isEqualTo(Health.State.UP);
  }

  @Test
  void whatTheProducerRefusesAtOnceWasNotSent() {
    producer.sendException = new TimeoutException("no metadata");

    CommsException refused = Rig.failure(publish("1", Rig.LONG, open));

    assertThat(refused).isInstanceOf(Unavailable.class);
    assertThat(refused.effect()).isEqualTo(Effect.NONE);
  }

  @Test
  void aDeadlineThatHasPassedIsNotSent() {
    assertThat(Rig.failure(publish("1", Duration.ZERO, open))).isInstanceOf(DeadlineExceeded.class);
    assertThat(producer.history()).isEmpty();
  }

  @Test
  void confirmsArriveOnTheServicesThreads() {
    CompletableFuture<String> thread =
        publish("1", Rig.LONG, open).thenApply(done -> Thread.currentThread().getName());
    awaitSent(1);
    producer.completeNext();

    assertThat(Rig.get(thread)).isEqualTo("rig-callbacks");
  }

  @Test
  void drainingWaitsForConfirmsAndRefusesWhatIsNew() {
    CompletableFuture<Void> running = publish("1", Rig.LONG, open);
    awaitSent(1);
    CompletableFuture<Void> drained = publisher.drain(Rig.in(Rig.LONG));

    CommsException refused = Rig.failure(publish("2", Rig.LONG, open));
    assertThat(refused.effect()).isEqualTo(Effect.NONE);
    assertThat(drained).isNotDone();
    producer.completeNext();
    Rig.get(running);
    Rig.get(drained);
  }

  @Test
  void aProducerThatBlocksHoldsNoCallerAndWhatWaitsBehindItIsNeverSent() {
    CountDownLatch blocked = new CountDownLatch(1);
    MockProducer<byte[], byte[]> blocking =
        new MockProducer<>(false, null, new ByteArraySerializer(), new ByteArraySerializer()) {
          @Override
          public synchronized Future<RecordMetadata> send(
              ProducerRecord<byte[], byte[]> event, Callback callback) {
            awaitUninterrupted(blocked);
            return super.send(event, callback);
          }
        };
    Publisher stuck = new Publisher(blocking, rig.host());
    CompletableFuture<Void> first = publish(stuck, "1", Duration.ofMillis(300), open);
    CompletableFuture<Void> behind = publish(stuck, "2", Duration.ofMillis(300), open);

    assertThat(Rig.failure(first)).isInstanceOf(UnknownOutcome.class);
    CommsException unsent = Rig.failure(behind);
    blocked.countDown();
    stuck.close(Duration.ofSeconds(2));

    assertThat(unsent).isInstanceOf(Unavailable.class);
    assertThat(unsent.effect()).isEqualTo(Effect.NONE);
    assertThat(blocking.history()).hasSize(1);
  }

  @Test
  void aTopicThatHasGoneShutsItsOwnGateAndHoldsUpNoOther() {
    AtomicInteger asked = new AtomicInteger();
    CountDownLatch queued = new CountDownLatch(1);
    MockProducer<byte[], byte[]> forgetful = forgetful(asked, queued);
    Publisher with = new Publisher(forgetful, rig.host());
    List<CompletableFuture<Void>> searches = new CopyOnWriteArrayList<>();
    Gate gate = gate(searches);
    CompletableFuture<Void> first = publish(with, "1", Rig.LONG, gate);
    searches.get(0).complete(null);
    publish(with, "2", Rig.LONG, gate);
    publish(with, "3", Rig.LONG, gate);
    with.publish(
        "other",
        "9",
        new ProducerRecord<>("u", "9".getBytes(StandardCharsets.UTF_8)),
        Rig.in(Rig.LONG),
        open);
    queued.countDown();

    assertThat(Rig.failure(first)).isInstanceOf(Unavailable.class);
    publish(with, "4", Rig.LONG, gate);
    await().atMost(Rig.LONG).until(() -> bodies(forgetful).equals(List.of("9")));
    assertThat(asked).as("sends without metadata").hasValue(1);
    await().atMost(Rig.LONG).until(() -> searches.size() == 2);
    searches.get(1).complete(null);

    await().atMost(Rig.LONG).until(() -> forgetful.history().size() == 4);
    assertThat(bodies(forgetful)).containsExactly("9", "2", "3", "4");
    with.close(Duration.ofSeconds(2));
  }

  /** Waits before it sends, and does not know the topic t when it is asked for the first time. */
  private static MockProducer<byte[], byte[]> forgetful(
      AtomicInteger asked, CountDownLatch queued) {
    return new MockProducer<>(false, null, new ByteArraySerializer(), new ByteArraySerializer()) {
      @Override
      @SuppressWarnings("UnsynchronizedOverridesSynchronized") // it waits before it takes the lock
      public Future<RecordMetadata> send(ProducerRecord<byte[], byte[]> event, Callback callback) {
        awaitUninterrupted(queued);
        if (event.topic().equals("t") && asked.getAndIncrement() == 0) {
          callback.onCompletion(null, new TimeoutException("t not present in metadata"));
          return new CompletableFuture<>();
        }
        return super.send(event, callback);
      }
    };
  }

  private static Gate gate(List<CompletableFuture<Void>> searches) {
    return new Gate(
        () -> {
          CompletableFuture<Void> search = new CompletableFuture<>();
          searches.add(search);
          return search;
        });
  }

  private static List<String> bodies(MockProducer<byte[], byte[]> sent) {
    return sent.history().stream()
        .map(one -> new String(one.value(), StandardCharsets.UTF_8))
        .toList();
  }

  private static void awaitUninterrupted(CountDownLatch latch) {
    try {
      latch.await(30, TimeUnit.SECONDS);
    } catch (InterruptedException closing) {
      Thread.currentThread().interrupt();
    }
  }

  private void awaitSent(int count) {
    await().atMost(Rig.LONG).until(() -> producer.history().size() == count);
  }

  private CompletableFuture<Void> publish(Publisher with, String id, Duration limit, Gate gate) {
    ProducerRecord<byte[], byte[]> event =
        new ProducerRecord<>("t", id.getBytes(StandardCharsets.UTF_8));
    return with.publish("happened", id, event, Rig.in(limit), gate);
  }

  private CompletableFuture<Void> publish(String id, Duration limit, Gate gate) {
    return publish(publisher, id, limit, gate);
  }
}
