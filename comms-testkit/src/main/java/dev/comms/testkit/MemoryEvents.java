package dev.comms.testkit;

import dev.comms.contract.CommsException;
import dev.comms.contract.Deadline;
import dev.comms.contract.Event;
import dev.comms.spi.Delivery;
import dev.comms.spi.Envelope;
import dev.comms.spi.EventTransport;
import dev.comms.spi.Subscription;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;

/** One instance's way to the topics. */
final class MemoryEvents extends MemoryTransport implements EventTransport {
  private final MemoryBroker broker;

  MemoryEvents(MemoryBroker broker) {
    this.broker = broker;
  }

  @Override
  public Duration confirmedWithin() {
    return Duration.ofSeconds(5);
  }

  @Override
  public CompletableFuture<Void> publish(Event<?> event, Envelope message, Deadline confirmBy) {
    CommsException refusal = refusal(event.name());
    if (refusal == null) {
      refusal = broker.topic(event.name()).append(message);
    }
    if (refusal != null) {
      return CompletableFuture.failedFuture(refusal);
    }
    broker.groups().forEach(Group::signal);
    return CompletableFuture.completedFuture(null);
  }

  @Override
  public Subscription subscribe(
      List<Event<?>> events, Subscriber subscriber, int slots, Consumer<Delivery> consumer) {
    List<String> names = events.stream().<String>map(Event::name).distinct().toList();
    Group group = broker.group(subscriber.group());
    EventMember member =
        begin(
            String.join(",", names),
            new EventMember(broker, host(), subscriber.group(), slots, names, group, consumer));
    group.join(member, subscriber.start());
    return member;
  }
}
