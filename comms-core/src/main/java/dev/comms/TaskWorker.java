package dev.comms;

import dev.comms.Setting.Kind;
import dev.comms.contract.CommsException;
import dev.comms.contract.Handler;
import dev.comms.contract.Priority;
import dev.comms.contract.Task;
import dev.comms.policy.Exchange.Verb;
import dev.comms.policy.Steps;
import dev.comms.spi.Ability;
import dev.comms.spi.Subscription;
import dev.comms.spi.TaskDelivery;
import dev.comms.spi.TaskTransport;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Handles the tasks of one contract, under all its names. */
final class TaskWorker<T> extends Receiver {
  /** More than any broker's window. */
  private static final int MOST_SLOTS = 60_000;

  private final TaskTransport transport;
  private final Task<T> task;
  private final int declared;
  private final int each;
  private final int slots;
  private final Lane.Line line;

  TaskWorker(
      Engine engine,
      TaskTransport transport,
      Task<T> task,
      Workers workers,
      Handler.Work<T> handler) {
    super(engine, "comms-task-" + task.name(), extent(engine, task, workers, null));
    this.transport = transport;
    this.task = task;
    this.declared = workers.concurrency();
    this.each = 1;
    this.slots = slots(workers);
    Steps steps = new Steps(engine.place("", transport), Verb.WORK, task);
    this.line = line(steps, Verb.WORK, "", Terms.of(task, transport), handler);
  }

  TaskWorker(
      Engine engine,
      TaskTransport transport,
      Task<T> task,
      Workers workers,
      Batch batch,
      Batch.Work<T> handler) {
    super(engine, "comms-task-" + task.name(), extent(engine, task, workers, batch));
    this.transport = transport;
    this.task = task;
    this.declared = workers.concurrency();
    this.each = batch.most();
    this.slots = slots(workers);
    Steps steps = new Steps(engine.place("", transport), Verb.WORK, task);
    this.line = batches(steps, Verb.WORK, "", Terms.of(task, transport), handler);
  }

  private static Extent extent(
      Engine engine, Task<?> task, Workers workers, @Nullable Batch batch) {
    int atATime = engine.settings.concurrency(Kind.TASK, task.name(), workers.concurrency());
    return new Extent(atATime, workers.executor(), workers.perSecond(), batch);
  }

  private int slots(Workers workers) {
    return (int) Math.min(MOST_SLOTS, (long) concurrency * each + workers.prefetch());
  }

  @Override
  public List<Settable> settable() {
    return List.of(new Settable(task, task.name()));
  }

  @Override
  public List<String> others() {
    return task.aliases().stream().map(former -> "task " + former).toList();
  }

  @Override
  public int declared() {
    return declared;
  }

  @Override
  public int most() {
    return Math.max(1, slots / each);
  }

  @Override
  List<Supplier<Subscription>> subscriptions() {
    if (task.priority() != Priority.NORMAL && !transport.abilities().contains(Ability.PRIORITIES)) {
      throw Ability.PRIORITIES.refused(task.name(), transport.system());
    }
    List<Supplier<Subscription>> all = new ArrayList<>();
    Task<T> now = engine.effective(task);
    all.add(() -> work(now, slots));
    // Hardly anything comes under a former name: together they hold no more than the name itself.
    int fewer = Math.max(1, slots / Math.max(1, task.aliases().size()));
    task.aliases().forEach(former -> all.add(() -> work(now.as(former), fewer)));
    return all;
  }

  private Subscription work(Task<T> named, int most) {
    Uniques uniques = new Uniques(engine);
    return transport.work(
        named, most, delivery -> lanes.add(new Attempt(uniques.releasing(delivery))));
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
          .watch(delivery, "to be retried", Settling.tried(() -> delivery.retry(pause, failure)))
          .whenComplete((done, failed) -> leave());
    }

    @Override
    CompletableFuture<Void> continueLater(byte[] state, Duration after) {
      return Settling.tried(() -> delivery.continueLater(state, after));
    }
  }
}
