package dev.comms.testkit;

import dev.comms.contract.CommsException;
import dev.comms.contract.Deadline;
import dev.comms.contract.Task;
import dev.comms.spi.DeadLetters;
import dev.comms.spi.Envelope;
import dev.comms.spi.Host;
import dev.comms.spi.Order;
import dev.comms.spi.Subscription;
import dev.comms.spi.TaskDelivery;
import dev.comms.spi.TaskTransport;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;

/** One instance's way to the queues. */
final class MemoryTasks extends MemoryTransport implements TaskTransport {
  private final MemoryBroker broker;

  MemoryTasks(MemoryBroker broker) {
    this.broker = broker;
  }

  @Override
  public Duration confirmedWithin() {
    return Duration.ofSeconds(5);
  }

  @Override
  public CompletableFuture<Void> submit(
      Task<?> task, Envelope message, Order order, Deadline confirmBy) {
    CommsException refusal = refusal(task.name());
    if (refusal == null) {
      refusal =
          broker.queue(task.name()).submit(Stored.first(message), order.after(), host().time());
    }
    return refusal == null
        ? CompletableFuture.completedFuture(null)
        : CompletableFuture.failedFuture(refusal);
  }

  @Override
  public Subscription work(Task<?> task, int slots, Consumer<TaskDelivery> consumer) {
    Host host = host();
    TaskQueue queue = broker.queue(task.name());
    TaskMember member =
        begin(task.name(), new TaskMember(broker, host, task.name(), slots, queue, consumer));
    queue.join(member);
    return member;
  }

  @Override
  public DeadLetters deadTasks(Task<?> task) {
    return new MemoryDeadLetters(broker.queue(task.name()));
  }
}
