package dev.comms.testkit;

import dev.comms.contract.CommsException;
import dev.comms.spi.Host;
import dev.comms.spi.TaskDelivery;
import dev.comms.testkit.Fault.Kind;
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
  void putBack(List<MemoryDelivery> orphans, boolean crashed) {
    for (int i = orphans.size() - 1; i >= 0; i--) {
      queue.putBack(orphans.get(i).stored(crashed));
    }
  }

  @Override
  void leave() {
    queue.leave(this);
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
    void again() {
      queue.putBack(stored().afterCrash());
    }

    @Override
    public CompletableFuture<Void> done() {
      return acknowledge(() -> note(Journal.Step.HANDLED, "attempt " + attempt()));
    }

    @Override
    public CompletableFuture<Void> retry(Duration after, CommsException why) {
      String what = "attempt " + attempt() + " failed: " + why.getMessage() + "; again in " + after;
      return requeue(stored().nextAttempt(), after, Journal.Step.RETRIED, what);
    }

    @Override
    public CompletableFuture<Void> continueLater(byte[] state, Duration after) {
      return requeue(
          stored().continued(state), after, Journal.Step.CONTINUED, "goes on in " + after);
    }

    /** Copy first, then acknowledge. */
    private CompletableFuture<Void> requeue(
        Stored copy, Duration after, Journal.Step step, String what) {
      if (struck(Kind.CRASH_AFTER_RETRY_COPY)) {
        synchronized (broker) {
          note(step, what);
          queue.enqueue(copy, after, host().time());
        }
        crash();
      }
      return settle(
          () -> {
            note(step, what);
            queue.enqueue(copy, after, host().time());
          });
    }

    @Override
    public CompletableFuture<Void> deadLetter(String reason, CommsException why) {
      return settle(() -> queue.grave().bury(stored(), reason, why));
    }

    @Override
    public CompletableFuture<Void> giveBack() {
      return settle(
          () -> {
            note(Journal.Step.GIVEN_BACK, "");
            queue.putBack(stored());
          });
    }
  }
}
