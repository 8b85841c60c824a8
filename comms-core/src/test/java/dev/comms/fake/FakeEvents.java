package dev.comms.fake;

import dev.comms.contract.Deadline;
import dev.comms.contract.Event;
import dev.comms.spi.Delivery;
import dev.comms.spi.Envelope;
import dev.comms.spi.EventTransport;
import dev.comms.spi.Subscription;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;

/** Confirms what is published, and delivers what the test gives it. */
public final class FakeEvents extends FakeTransport implements EventTransport {
  public final List<Envelope> published = new CopyOnWriteArrayList<>();
  public final List<Subscriber> subscribers = new CopyOnWriteArrayList<>();
  public final FakeConsumer<Delivery> consumer;
  public volatile CompletableFuture<Void> confirm = CompletableFuture.completedFuture(null);

  public FakeEvents() {
    this(ownDiary());
  }

  public FakeEvents(List<String> diary) {
    super("fake-events", diary);
    this.consumer = new FakeConsumer<>("events", diary);
  }

  @Override
  public Duration confirmedWithin() {
    return Duration.ofSeconds(5);
  }

  @Override
  public CompletableFuture<Void> publish(Event<?> event, Envelope message, Deadline confirmBy) {
    published.add(message);
    return confirm;
  }

  @Override
  public Subscription subscribe(
      List<Event<?>> events, Subscriber subscriber, int slots, Consumer<Delivery> to) {
    subscribers.add(subscriber);
    return consumer.begin(slots, to);
  }
}
