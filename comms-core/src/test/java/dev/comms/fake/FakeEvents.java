package dev.comms.fake;

import dev.comms.contract.Deadline;
import dev.comms.contract.Event;
import dev.comms.spi.DeadLetters;
import dev.comms.spi.Delivery;
import dev.comms.spi.Envelope;
import dev.comms.spi.EventTransport;
import dev.comms.spi.Subscription;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import java.util.function.Function;

/** Confirms what is published, and delivers what the test gives it. */
public final class FakeEvents extends FakeTransport implements EventTransport {
  public final List<Envelope> published = new CopyOnWriteArrayList<>();
  public final List<Deadline> confirmBy = new CopyOnWriteArrayList<>();
  public final List<Subscriber> subscribers = new CopyOnWriteArrayList<>();
  public final List<Range> ranges = new CopyOnWriteArrayList<>();
  public final FakeDeadLetters dead = new FakeDeadLetters();
  public final FakeConsumer<Delivery> consumer;
  // One for each name that is subscribed to; the first is the one above.
  public final Map<String, FakeConsumer<Delivery>> consumers = new ConcurrentHashMap<>();
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
  public CompletableFuture<Void> publish(Event<?> event, Envelope message, Deadline by) {
    confirmBy.add(by);
    published.add(message);
    return confirm;
  }

  @Override
  public DeadLetters deadEvents(Event<?> event, String group) {
    return dead;
  }

  /** Hands over all at once, as far as keys allow. */
  @Override
  public CompletableFuture<Replayed> replay(
      Event<?> event, Range range, Function<Envelope, CompletableFuture<Void>> each) {
    ranges.add(range);
    List<CompletableFuture<Void>> all = new ArrayList<>();
    published.forEach(message -> all.add(each.apply(message)));
    return CompletableFuture.allOf(all.toArray(CompletableFuture<?>[]::new))
        .thenApply(done -> new Replayed(all.size(), 2));
  }

  @Override
  public Subscription subscribe(
      List<Event<?>> events, Subscriber subscriber, int slots, Consumer<Delivery> to) {
    subscribers.add(subscriber);
    String name = events.get(0).name();
    FakeConsumer<Delivery> one =
        consumers.isEmpty() ? consumer : new FakeConsumer<>("events " + name, diary);
    consumers.put(name, one);
    return one.begin(slots, to);
  }
}
