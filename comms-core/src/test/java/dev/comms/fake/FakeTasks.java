package dev.comms.fake;

import dev.comms.contract.Deadline;
import dev.comms.contract.Task;
import dev.comms.spi.DeadLetters;
import dev.comms.spi.Envelope;
import dev.comms.spi.Order;
import dev.comms.spi.Subscription;
import dev.comms.spi.TaskDelivery;
import dev.comms.spi.TaskTransport;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;

/** Confirms what is submitted unless told otherwise, and delivers what the test gives it. */
public final class FakeTasks extends FakeTransport implements TaskTransport {
  public final List<Sent> sent = new CopyOnWriteArrayList<>();
  public final FakeConsumer<TaskDelivery> consumer;
  // One for each name that is worked; the first is the one above.
  public final Map<String, FakeConsumer<TaskDelivery>> consumers = new ConcurrentHashMap<>();
  public final FakeDeadLetters dead = new FakeDeadLetters();
  public volatile Consumer<Sent> broker = one -> one.confirm().complete(null);

  public record Sent(
      Envelope message, Order order, Deadline confirmBy, CompletableFuture<Void> confirm) {}

  public FakeTasks() {
    this(ownDiary());
  }

  public FakeTasks(List<String> diary) {
    super("fake-tasks", diary);
    this.consumer = new FakeConsumer<>("tasks", diary);
  }

  @Override
  public Duration confirmedWithin() {
    return Duration.ofSeconds(5);
  }

  @Override
  public CompletableFuture<Void> submit(Task<?> task, Envelope e, Order order, Deadline by) {
    Sent one = new Sent(e, order, by, new CompletableFuture<>());
    sent.add(one);
    broker.accept(one);
    return one.confirm();
  }

  @Override
  public Subscription work(Task<?> task, int slots, Consumer<TaskDelivery> to) {
    FakeConsumer<TaskDelivery> one =
        consumers.isEmpty() ? consumer : new FakeConsumer<>("tasks " + task.name(), diary);
    consumers.put(task.name(), one);
    return one.begin(slots, to);
  }

  @Override
  public DeadLetters deadTasks(Task<?> task) {
    return dead;
  }
}
