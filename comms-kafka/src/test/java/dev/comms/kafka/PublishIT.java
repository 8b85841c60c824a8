package dev.comms.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;

import dev.comms.contract.Codec;
import dev.comms.contract.CommsException;
import dev.comms.contract.CommsException.Kind;
import dev.comms.contract.CommsException.Misconfigured;
import dev.comms.contract.CommsException.Rejected;
import dev.comms.contract.CommsException.Unavailable;
import dev.comms.contract.CommsException.UnknownOutcome;
import dev.comms.contract.Effect;
import dev.comms.contract.Event;
import dev.comms.spi.Envelope;
import dev.comms.spi.EventTransport.Start;
import dev.comms.spi.EventTransport.Subscriber;
import dev.comms.testkit.brokers.Broker;
import dev.comms.testkit.brokers.Brokers;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

class PublishIT {
  private final Rig rig = new Rig();

  @AfterEach
  void close() {
    rig.close();
  }

  @Test
  void aPlainConsumerReadsTheAttributesOfCloudEvents() {
    KafkaTransport events = rig.attach(rig.config());
    Envelope sent = Rig.message("k", "body").headers(Map.of("traceparent", "00-1-2-01"));
    Rig.get(events.publish(Rig.EVENT, sent, Rig.in(Rig.LONG)));

    ConsumerRecord<byte[], byte[]> got = Plain.consume(rig.topic, 1).get(0);

    assertThat(Plain.header(got, "ce_specversion")).isEqualTo("1.0");
    assertThat(Plain.header(got, "ce_id")).isEqualTo(sent.id());
    assertThat(Plain.header(got, "ce_type")).isEqualTo("rig.happened");
    assertThat(Plain.header(got, "ce_source")).isEqualTo("/rig");
    assertThat(Instant.parse(Plain.header(got, "ce_time"))).isEqualTo(sent.time());
    assertThat(Plain.header(got, "content-type")).isEqualTo("text/plain");
    assertThat(Plain.header(got, "traceparent")).isEqualTo("00-1-2-01");
    assertThat(got.headers().lastHeader("ce_expires")).isNull();
    assertThat(got.key()).asString().isEqualTo("k");
    assertThat(got.value()).asString().isEqualTo("body");
  }

  @Test
  void attachingWithoutABrokerFailsInTimeAndSaysWhatToDo() {
    KafkaTransport nowhere =
        rig.owns(KafkaTransport.at("127.0.0.1:1").confirmedWithin(Duration.ofSeconds(5)));
    long began = System.nanoTime();

    CommsException failure = Rig.failure(nowhere.attach(rig.host()));

    assertThat(Duration.ofNanos(System.nanoTime() - began)).isLessThan(Duration.ofSeconds(15));
    assertThat(failure).isInstanceOf(Unavailable.class);
    assertThat(failure.effect()).isEqualTo(Effect.NONE);
    assertThat(failure.getMessage())
        .contains("127.0.0.1:1")
        .contains("start one")
        .doesNotContain("\n");
    assertThat(nowhere.health().state().name()).isEqualTo("DOWN");
  }

  @Test
  void aMissingTopicIsRefusedByNameUnlessToldToCreateIt() {
    KafkaTransport events =
        rig.attach(
            KafkaConfig.at(Rig.servers())
                .confirmedWithin(Duration.ofSeconds(20))
                .prefix(rig.space));

    CommsException publish =
        Rig.failure(events.publish(Rig.EVENT, Rig.message("k", "x"), Rig.in(Rig.LONG)));
    Misconfigured subscribe =
        catchThrowableOfType(
            Misconfigured.class,
            () ->
                events.subscribe(
                    List.of(Rig.EVENT), new Subscriber("g", Start.EARLIEST), 1, delivery -> {}));

    assertThat(publish).isInstanceOf(Misconfigured.class).hasMessageContaining(rig.topic);
    assertThat(subscribe)
        .hasMessageContaining(rig.topic)
        .hasMessageContaining(rig.topic + ".g.dead")
        .hasMessageContaining("creatingTopics");
  }

  @Test
  void aTopicThatWasDeletedStopsNoOther() throws Exception {
    Event<byte[]> other =
        Event.named("rig.other", Codec.bytes()).handledWithin(Duration.ofSeconds(1));
    Plain.create(rig.topic, 1);
    Plain.create(rig.space + other.name(), 1);
    KafkaTransport events = rig.attach(rig.verifying(Duration.ofSeconds(4)));
    Rig.get(events.publish(Rig.EVENT, Rig.message("k", "before"), Rig.in(Rig.LONG)));
    Rig.get(events.publish(other, Rig.message("k", "before"), Rig.in(Rig.LONG)));
    Plain.delete(rig.topic);
    // The producer learns of it by asking in vain, and then the setup thread does.
    await()
        .atMost(Rig.LONG)
        .until(
            () ->
                Rig.failure(events.publish(Rig.EVENT, Rig.message("k", "x"), Rig.in(Rig.LONG)))
                    instanceof Misconfigured);

    long began = System.nanoTime();
    for (int i = 0; i < 20; i++) {
      events.publish(Rig.EVENT, Rig.message("k", "lost"), Rig.in(Rig.LONG));
    }
    Rig.get(events.publish(other, Rig.message("k", "flows"), Rig.in(Rig.LONG)));
    assertThat(since(began)).isLessThan(Duration.ofSeconds(4));
    Plain.create(rig.topic, 1);
    Rig.get(events.publish(Rig.EVENT, Rig.message("k", "again"), Rig.in(Rig.LONG)));
  }

  @Test
  void moreConcurrentFirstPublishesThanOneKeepTheirOrder() {
    KafkaTransport events = rig.attach(rig.config());
    List<Envelope> sent =
        IntStream.range(0, 200).mapToObj(i -> Rig.message("one key", String.valueOf(i))).toList();
    sent.stream()
        .map(one -> events.publish(Rig.EVENT, one, Rig.in(Rig.LONG)))
        .toList()
        .forEach(Rig::get);

    assertThat(Plain.consume(rig.topic, 200))
        .extracting(one -> Plain.header(one, "ce_id"))
        .containsExactlyElementsOf(sent.stream().map(Envelope::id).toList());
  }

  @Test
  void anEventThatIsTooLargeIsRefusedAsTheCallers() {
    KafkaTransport events = rig.attach(rig.config());

    CommsException refused =
        Rig.failure(
            events.publish(Rig.EVENT, Rig.message("k", "x".repeat(2_000_000)), Rig.in(Rig.LONG)));

    assertThat(refused).isInstanceOf(Rejected.class).hasMessageContaining("too large");
    assertThat(refused)
        .hasMessageContaining("1000000 are published")
        .hasMessageContaining("publish a reference");
    assertThat(refused.effect()).isEqualTo(Effect.NONE);
  }

  private static Duration since(long nanos) {
    return Duration.ofNanos(System.nanoTime() - nanos);
  }

  @Test
  @Tag("own-brokers")
  void publishingToBrokersThatHaveGoneEndsAtTheDeadline() {
    Event<byte[]> other =
        Event.named("rig.other", Codec.bytes()).handledWithin(Duration.ofSeconds(1));
    try (Brokers brokers = Brokers.open()) {
      Broker broker = brokers.kafka();
      KafkaTransport events = rig.attach(rig.config(broker.address()));
      Rig.get(events.publish(Rig.EVENT, Rig.message("k", "before"), Rig.in(Rig.LONG)));
      broker.close();

      Envelope lost = Rig.message("k", "lost");
      long began = System.nanoTime();
      var known = events.publish(Rig.EVENT, lost, Rig.in(Duration.ofSeconds(2)));
      var unknown = events.publish(other, lost, Rig.in(Duration.ofSeconds(2)));
      assertThat(since(began)).as("no caller is blocked").isLessThan(Duration.ofSeconds(1));

      CommsException first = Rig.failure(known);
      CommsException second = Rig.failure(unknown);
      assertThat(since(began)).isLessThan(Duration.ofSeconds(6));
      // Whether the client still knows the topic or has forgotten it decides which is true.
      boolean sent = first instanceof UnknownOutcome;
      assertThat(first.kind()).isEqualTo(sent ? Kind.UNKNOWN_OUTCOME : Kind.UNAVAILABLE);
      assertThat(first.effect()).isEqualTo(sent ? Effect.POSSIBLE : Effect.NONE);
      assertThat(first).hasMessageContaining(lost.id());
      assertThat(second).isInstanceOf(Unavailable.class);
      assertThat(second.effect()).isEqualTo(Effect.NONE);
      await().atMost(Rig.LONG).until(() -> events.health().state().name().equals("DOWN"));
    }
  }
}
