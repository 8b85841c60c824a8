package dev.comms.testkit;

import dev.comms.contract.CommsException;
import dev.comms.contract.Deadline;
import dev.comms.contract.Task;
import dev.comms.contract.Time;
import dev.comms.spi.Ability;
import dev.comms.spi.DeadLetters;
import dev.comms.spi.Envelope;
import dev.comms.spi.Host;
import dev.comms.spi.Order;
import dev.comms.spi.Subscription;
import dev.comms.spi.TaskDelivery;
import dev.comms.spi.TaskTransport;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;

/** One instance's way to the queues. */
final class MemoryTasks extends MemoryTransport implements TaskTransport {
  private final MemoryBroker broker;

  MemoryTasks(MemoryBroker broker) {
    this.broker = broker;
  }

  @Override
  boolean down() {
    return broker.faults().down();
  }

  @Override
  public Set<Ability> abilities() {
    return Set.of(Ability.PRIORITIES, Ability.CONTINUE_LATER);
  }

  @Override
  public Duration confirmedWithin() {
    return Duration.ofSeconds(5);
  }

  @Override
  public CompletableFuture<Void> submit(
      Task<?> task, Envelope message, Order order, Deadline confirmBy) {
    CommsException refusal = refusal(task.name());
    if (refusal != null) {
      return CompletableFuture.failedFuture(refusal);
    }
    Time time = host().time();
    Stored stored = Stored.first(message, order.priority());
    String when = order.after().isZero() ? "" : "to run in " + order.after();
    return Publishing.send(
        broker.faults(),
        time,
        message,
        confirmBy,
        () -> broker.journal().note(Journal.Step.SUBMITTED, message, when),
        () -> broker.queue(task.name()).submit(stored, order.after(), time));
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
    return new MemoryDeadLetters(broker.queue(task.name()).grave());
  }
}
