package dev.comms;

import dev.comms.contract.CommsException;
import dev.comms.contract.Handler;
import dev.comms.contract.Task;
import dev.comms.policy.Exchange.Verb;
import dev.comms.policy.Steps;
import dev.comms.spi.Subscription;
import dev.comms.spi.TaskDelivery;
import dev.comms.spi.TaskTransport;
import java.time.Duration;
import java.util.concurrent.ThreadPoolExecutor;
import org.jspecify.annotations.Nullable;

/** Handles the tasks of one contract: as many at a time as there are threads. */
final class TaskWorker<T> implements Consumers.Consumer {
  private final TaskTransport transport;
  private final Task<T> task;
  private final int slots;
  private final ThreadPoolExecutor pool;
  private final Lane.Line line;

  TaskWorker(
      Engine engine,
      TaskTransport transport,
      Task<T> task,
      Workers workers,
      Handler.Work<T> handler) {
    this.transport = transport;
    this.task = task;
    this.slots = workers.concurrency();
    // A handler that outlives its limit keeps its thread while its place is used again.
    this.pool = Pool.of("comms-task-" + task.name(), slots, slots);
    Steps steps = new Steps(engine.place("", transport), Verb.WORK, task);
    this.line =
        new Lane.Line(
            engine,
            new KeyLanes(slots),
            new Settling(task, engine.meters),
            Handling.work(engine, steps, pool, task, task.codec(), handler),
            Verb.WORK,
            task,
            "",
            task.attempts(),
            task.backoff());
  }

  @Override
  public Subscription start() {
    return transport.work(task, slots, delivery -> line.lanes().add(new Attempt(delivery)));
  }

  @Override
  public ThreadPoolExecutor pool() {
    return pool;
  }

  /** One attempt; the next one comes as a delivery of its own. Tasks have no order yet. */
  private final class Attempt extends Lane {
    private final TaskDelivery delivery;

    Attempt(TaskDelivery delivery) {
      super(line, delivery);
      this.delivery = delivery;
    }

    @Override
    public @Nullable String key() {
      return null;
    }

    @Override
    int attempt() {
      return delivery.attempt();
    }

    @Override
    void retry(Duration pause, CommsException failure) {
      line.settling()
          .watch(delivery, "to be retried", delivery.retry(pause, failure))
          .whenComplete((done, failed) -> leave());
    }
  }
}
