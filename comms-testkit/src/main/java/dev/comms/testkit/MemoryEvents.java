package dev.comms.testkit;

import dev.comms.contract.CommsException;
import dev.comms.contract.Deadline;
import dev.comms.contract.Event;
import dev.comms.contract.Time;
import dev.comms.spi.Ability;
import dev.comms.spi.DeadLetters;
import dev.comms.spi.Delivery;
import dev.comms.spi.Envelope;
import dev.comms.spi.EventTransport;
import dev.comms.spi.Subscription;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** One instance's way to the topics. */
final class MemoryEvents extends MemoryTransport implements EventTransport {
  private final MemoryBroker broker;

  MemoryEvents(MemoryBroker broker) {
    this.broker = broker;
  }

  @Override
  boolean down() {
    return broker.faults().down();
  }

  @Override
  public Set<Ability> abilities() {
    return Set.of(Ability.START_AT, Ability.REPLAY, Ability.DEAD_EVENTS);
  }

  @Override
  public Duration confirmedWithin() {
    return Duration.ofSeconds(5);
  }

  @Override
  public CompletableFuture<Void> publish(Event<?> event, Envelope message, Deadline confirmBy) {
    CommsException refusal = refusal(event.name());
    if (refusal != null) {
      return CompletableFuture.failedFuture(refusal);
    }
    Time time = host().time();
    return Publishing.send(
        broker.faults(),
        time,
        message,
        confirmBy,
        () -> broker.journal().note(Journal.Step.PUBLISHED, message, ""),
        () -> store(event.name(), message, time));
  }

  private @Nullable CommsException store(String event, Envelope message, Time time) {
    CommsException full = broker.topic(event).append(message, time);
    broker.groups().forEach(Group::signal);
    return full;
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
    group.join(member, subscriber.start(), host().time());
    return member;
  }

  @Override
  public DeadLetters deadEvents(Event<?> event, String group) {
    return new MemoryDeadLetters(broker.group(group).grave(event.name()));
  }

  @Override
  public CompletableFuture<Replayed> replay(
      Event<?> event, Range range, Function<Envelope, CompletableFuture<Void>> each) {
    CommsException refusal = refusal(event.name());
    if (refusal != null) {
      return CompletableFuture.failedFuture(refusal);
    }
    List<List<Envelope>> kept;
    long gaps;
    synchronized (broker) {
      Topic topic = broker.topic(event.name());
      topic.trim(host().time());
      kept = topic.shards().stream().map(shard -> shard.in(range)).toList();
      gaps = topic.shards().stream().mapToLong(shard -> shard.goneFrom(range)).sum();
    }
    long events = kept.stream().mapToLong(List::size).sum();
    return CompletableFuture.allOf(
            kept.stream()
                .map(shard -> Replaying.of(shard, each))
                .toArray(CompletableFuture<?>[]::new))
        .thenApply(all -> new Replayed(events, gaps));
  }
}
