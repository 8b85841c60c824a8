package dev.comms;

import dev.comms.contract.CommsException;
import dev.comms.contract.Deadline;
import dev.comms.contract.Handler;
import dev.comms.contract.Task;
import dev.comms.policy.Exchange;
import dev.comms.policy.Exchange.Verb;
import dev.comms.policy.Policy.Next;
import dev.comms.policy.Steps;
import dev.comms.spi.Envelope;
import dev.comms.spi.Subscription;
import dev.comms.spi.TaskDelivery;
import dev.comms.spi.TaskTransport;
import java.util.Optional;
import java.util.concurrent.ThreadPoolExecutor;
import org.jspecify.annotations.Nullable;

/** Handles the tasks of one contract: as many at a time as there are threads. */
final class TaskWorker<T> implements Consumers.Consumer {
  private final Engine engine;
  private final TaskTransport transport;
  private final Task<T> task;
  private final int slots;
  private final ThreadPoolExecutor pool;
  private final Next pipeline;
  private final Settling settling;

  TaskWorker(
      Engine engine,
      TaskTransport transport,
      Task<T> task,
      Workers workers,
      Handler.Work<T> handler) {
    this.engine = engine;
    this.transport = transport;
    this.task = task;
    this.slots = workers.concurrency();
    // A handler that outlives its limit keeps its thread while its slot is used again.
    this.pool = Pool.of("comms-task-" + task.name(), slots, slots);
    this.settling = new Settling(task, engine.meters);
    Steps steps = new Steps(engine.place("", transport), Verb.WORK, task);
    this.pipeline =
        Pipeline.chain(
            Pipeline.receiving(
                steps, engine.policies, Optional.empty(), new Threads(pool, engine.time)),
            Handling.of(
                (exchange, context) -> {
                  byte[] body = exchange.message().body();
                  handler.handle(Sender.decode(task, task.codec(), body), context);
                  return Envelope.EMPTY;
                }));
  }

  @Override
  public Subscription start() {
    return transport.work(task, slots, this::deliver);
  }

  @Override
  public ThreadPoolExecutor pool() {
    return pool;
  }

  private void deliver(TaskDelivery delivery) {
    if (settling.deadOnArrival(delivery)) {
      return;
    }
    Deadline never = Deadline.never(engine.time);
    Exchange exchange =
        Exchange.of(Verb.WORK, task, "", delivery.envelope(), never, delivery.attempt());
    Pipeline.run(pipeline, exchange, reply -> reply)
        .whenComplete((reply, failure) -> settle(delivery, failure));
  }

  private void settle(TaskDelivery delivery, @Nullable Throwable thrown) {
    if (thrown == null) {
      settling.done(delivery);
      return;
    }
    CommsException failure = CommsException.of(task.name(), thrown);
    Failing what =
        Failing.of(delivery, delivery.attempt(), task.attempts(), task.backoff(), failure, engine);
    switch (what.step()) {
      case RETRY ->
          settling.watch(delivery, "to be retried", delivery.retry(what.pause(), failure));
      case DEAD -> settling.dead(delivery, what.reason(), failure);
      case GIVE_BACK -> settling.giveBack(delivery);
    }
  }
}
