package dev.comms.testkit.kit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.comms.contract.Codec;
import dev.comms.contract.CommsException;
import dev.comms.contract.Effect;
import dev.comms.contract.Event;
import dev.comms.contract.Fault;
import dev.comms.spi.Delivery;
import dev.comms.spi.Envelope;
import dev.comms.spi.EventTransport;
import dev.comms.spi.EventTransport.Start;
import dev.comms.spi.EventTransport.Subscriber;
import dev.comms.spi.Health;
import dev.comms.spi.Subscription;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;

/** What all cases of events use. */
abstract class EventKit {
  static final Event<byte[]> EVENT =
      Event.named("kit.happened", Codec.bytes()).handledWithin(Duration.ofSeconds(20));

  /** What a handler is said to have done. */
  static final CommsException BROKE =
      new CommsException.Failed(
          CommsException.Facts.of("kit.happened")
              .effect(Effect.POSSIBLE)
              .fault(Fault.REMOTE)
              .message("the printer is on fire"));

  final Bench bench = new Bench();

  /** A new unattached transport in this namespace. */
  protected abstract EventTransport transport(String space);

  @AfterEach
  void closeBench() {
    bench.close();
  }

  /** Another instance of the service, in this case's namespace. */
  EventTransport instance() {
    return bench.attach(transport(bench.space));
  }

  /** A member of a group that begins at the earliest event. */
  Inbox<Delivery> consume(EventTransport transport, String group, int slots) {
    Inbox<Delivery> inbox = new Inbox<>();
    subscribe(transport, group, Start.EARLIEST, slots, inbox);
    return inbox;
  }

  Subscription subscribe(
      EventTransport transport, String group, Start start, int slots, Inbox<Delivery> inbox) {
    return bench.owns(
        transport.subscribe(List.of(EVENT), new Subscriber(group, start), slots, inbox));
  }

  /** Up means that it has its place in the group: what is published from now on is seen. */
  static void awaitUp(Subscription subscription) {
    await()
        .atMost(Bench.LONG)
        .untilAsserted(() -> assertThat(subscription.health().state()).isEqualTo(Health.State.UP));
  }

  static Envelope message(String key, String text) {
    return Envelope.of(
            UUID.randomUUID().toString(),
            EVENT.name(),
            EVENT.codec().contentType(),
            Instant.now().truncatedTo(ChronoUnit.MILLIS),
            text.getBytes(StandardCharsets.UTF_8))
        .key(key);
  }

  Envelope publish(EventTransport transport, String key, String text) {
    return publish(transport, message(key, text));
  }

  Envelope publish(EventTransport transport, Envelope message) {
    bench.get(transport.publish(EVENT, message, bench.inTime()));
    return message;
  }
}
