package dev.comms.testkit.history;

import dev.comms.contract.Deadline;
import dev.comms.contract.Event;
import dev.comms.spi.DeadLetters;
import dev.comms.spi.Delivery;
import dev.comms.spi.Envelope;
import dev.comms.spi.EventTransport;
import dev.comms.spi.Subscription;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.function.Function;

/** An event transport whose deliveries are written down. */
final class RecordedEvents extends RecordedTransport<EventTransport> implements EventTransport {

  RecordedEvents(History history, EventTransport inner) {
    super(history, inner);
  }

  @Override
  public Duration confirmedWithin() {
    return inner.confirmedWithin();
  }

  @Override
  public CompletableFuture<Void> publish(Event<?> event, Envelope message, Deadline confirmBy) {
    return inner.publish(event, message, confirmBy);
  }

  @Override
  public Subscription subscribe(
      List<Event<?>> events, Subscriber subscriber, int slots, Consumer<Delivery> consumer) {
    events.forEach(
        event -> {
          history.declare(event);
          if (subscriber.start().equals(Start.EARLIEST)) {
            history.group(event, subscriber.group());
          }
        });
    return inner.subscribe(
        events,
        subscriber,
        slots,
        delivery -> consumer.accept(new Recorded<>(history, subscriber.group(), delivery)));
  }

  @Override
  public DeadLetters deadEvents(Event<?> event, String group) {
    return inner.deadEvents(event, group);
  }

  @Override
  public CompletableFuture<Replayed> replay(
      Event<?> event, Range range, Function<Envelope, CompletableFuture<Void>> each) {
    return inner.replay(event, range, each);
  }
}
