package dev.comms.testkit.history;

import dev.comms.contract.Deadline;
import dev.comms.contract.Task;
import dev.comms.spi.DeadLetters;
import dev.comms.spi.Envelope;
import dev.comms.spi.Order;
import dev.comms.spi.Subscription;
import dev.comms.spi.TaskDelivery;
import dev.comms.spi.TaskTransport;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;

/** A task transport whose deliveries are written down. */
final class RecordedTasks extends RecordedTransport<TaskTransport> implements TaskTransport {

  RecordedTasks(History history, TaskTransport inner) {
    super(history, inner);
  }

  @Override
  public Duration confirmedWithin() {
    return inner.confirmedWithin();
  }

  @Override
  public CompletableFuture<Void> submit(
      Task<?> task, Envelope message, Order order, Deadline confirmBy) {
    return inner.submit(task, message, order, confirmBy);
  }

  @Override
  public Subscription work(Task<?> task, int slots, Consumer<TaskDelivery> consumer) {
    history.declare(task);
    return inner.work(
        task, slots, delivery -> consumer.accept(new RecordedTask(history, delivery)));
  }

  @Override
  public DeadLetters deadTasks(Task<?> task) {
    return inner.deadTasks(task);
  }
}
