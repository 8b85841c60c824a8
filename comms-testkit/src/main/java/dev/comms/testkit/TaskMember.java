package dev.comms.testkit;

import dev.comms.contract.CommsException;
import dev.comms.spi.Host;
import dev.comms.spi.TaskDelivery;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;

/** A consumer of one task. */
final class TaskMember extends Member {
  private final TaskQueue queue;
  private final Consumer<TaskDelivery> consumer;

  TaskMember(
      MemoryBroker broker,
      Host host,
      String task,
      int slots,
      TaskQueue queue,
      Consumer<TaskDelivery> consumer) {
    super(broker, host, task, slots);
    this.queue = queue;
    this.consumer = consumer;
  }

  Runnable take(Stored task) {
    Delivered delivery = new Delivered(task);
    delivered(delivery);
    return () -> consumer.accept(delivery);
  }

  @Override
  void leave(List<MemoryDelivery> orphans) {
    queue.leave(this);
    for (int i = orphans.size() - 1; i >= 0; i--) {
      queue.putBack(orphans.get(i).stored().afterCrash());
    }
  }

  @Override
  void signal() {
    queue.signal();
  }

  private final class Delivered extends MemoryDelivery implements TaskDelivery {
    Delivered(Stored task) {
      super(TaskMember.this, task);
    }

    @Override
    public CompletableFuture<Void> done() {
      return settle(() -> {});
    }

    @Override
    public CompletableFuture<Void> retry(Duration after, CommsException why) {
      return settle(() -> queue.enqueue(stored().nextAttempt(), after, host().time()));
    }

    @Override
    public CompletableFuture<Void> deadLetter(String reason, CommsException why) {
      return settle(() -> queue.bury(stored().letter(reason, why)));
    }

    @Override
    public CompletableFuture<Void> giveBack() {
      return settle(() -> queue.putBack(stored()));
    }
  }
}
