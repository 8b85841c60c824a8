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
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;

/** Confirms what is submitted unless told otherwise, and delivers what the test gives it. */
public final class FakeTasks extends FakeTransport implements TaskTransport {
  public final List<Sent> sent = new CopyOnWriteArrayList<>();
  public final FakeConsumer<TaskDelivery> consumer;
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
    return consumer.begin(slots, to);
  }

  @Override
  public DeadLetters deadTasks(Task<?> task) {
    throw new UnsupportedOperationException("no test of core looks at dead letters");
  }
}
