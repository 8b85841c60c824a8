package dev.comms;

import dev.comms.contract.CommsException;
import dev.comms.contract.Deadline;
import dev.comms.contract.Handler;
import dev.comms.contract.Task;
import dev.comms.policy.Exchange;
import dev.comms.policy.Exchange.Verb;
import dev.comms.spi.DeadLetters;
import dev.comms.spi.Envelope;
import dev.comms.spi.Order;
import dev.comms.spi.Subscription;
import dev.comms.spi.TaskTransport;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;

/**
 * Tasks of one broker: submitted here, handled here, or both. Safe for use by many threads.
 * Continuations of its futures run on threads of comms; a blocking verb there is refused with
 * {@code Misconfigured}, since a few of them would hold up all others.
 */
public final class Tasks {
  private final Engine engine;
  private final TaskTransport transport;
  private final Consumers consumers;
  private final Sender sender;
  private final Uniques uniques;
  private final boolean detached;

  Tasks(Engine engine, TaskTransport transport, Consumers consumers) {
    this.engine = engine;
    this.transport = transport;
    this.consumers = consumers;
    this.detached = false;
    this.uniques = new Uniques(engine);
    this.sender =
        new Sender(
            engine,
            Verb.SUBMIT,
            engine.place(transport.system(), transport),
            contract -> exchange -> submit(transport, (Task<?>) contract, exchange));
  }

  private Tasks(Tasks other, boolean detached) {
    this.engine = other.engine;
    this.transport = other.transport;
    this.consumers = other.consumers;
    this.sender = other.sender;
    this.uniques = other.uniques;
    this.detached = detached;
  }

  /**
   * A view that, when it sends, waits for confirms as long as the transport may take, and not only
   * for as long as the handler on whose thread it is used has left.
   */
  public Tasks detached() {
    return new Tasks(this, true);
  }

  private static CompletableFuture<Envelope> submit(
      TaskTransport transport, Task<?> task, Exchange exchange) {
    return Sender.reply(
        transport.submit(task, exchange.message(), exchange.order(), exchange.deadline()));
  }

  /**
   * Submits a task and waits until the broker has it.
   *
   * @return the task's id
   * @throws CommsException if it certainly was not stored (effect NONE), or {@code UnknownOutcome}
   *     with the id if no confirm came
   */
  public <T> String submit(Task<T> task, T payload) {
    return submit(task, payload, Submit.now());
  }

  /**
   * Submits a task as told and waits until the broker has it; see {@link #submit(Task, Object)}.
   */
  public <T> String submit(Task<T> task, T payload, Submit how) {
    engine.mayWait(task);
    Deadline deadline = engine.deadline(transport.confirmedWithin(), detached);
    String id = idOf(how);
    return sender.await(() -> submitAsync(task, payload, how, id, deadline), task, id, deadline);
  }

  private static String idOf(Submit how) {
    return how.id() == null ? Ids.next() : how.id();
  }

  /** Submits a task; the future has its id once the broker has it, or a {@link CommsException}. */
  public <T> CompletableFuture<String> submitAsync(Task<T> task, T payload) {
    return submitAsync(task, payload, Submit.now());
  }

  /** Submits a task as told; see {@link #submitAsync(Task, Object)}. */
  public <T> CompletableFuture<String> submitAsync(Task<T> task, T payload, Submit how) {
    return submitAsync(
        task, payload, how, idOf(how), engine.deadline(transport.confirmedWithin(), detached));
  }

  private <T> CompletableFuture<String> submitAsync(
      Task<T> task, T payload, Submit how, String id, Deadline deadline) {
    try {
      Envelope message = sender.message(task, task.codec(), id, payload);
      Instant now = message.time();
      Order order = how.order(task, now, transport.abilities(), transport.system());
      if (how.expiresAfter() != null) {
        message = message.expires(now.plus(how.expiresAfter()));
      }
      return how.unique() == null
          ? send(task, message, deadline, order)
          : uniques.submit(
              task, how, how.unique(), order, message, one -> send(task, one, deadline, order));
    } catch (CommsException failed) {
      return CompletableFuture.failedFuture(failed);
    }
  }

  private CompletableFuture<String> send(
      Task<?> task, Envelope message, Deadline deadline, Order order) {
    return sender.send(task, message, deadline, order, reply -> message.id());
  }

  /**
   * Handles a task in this service from {@code comms.start()} on. A handler that returns has done
   * it; one that throws is tried again after the task's backoff, until its attempts are used up.
   *
   * @throws CommsException.Misconfigured if this task has a handler already
   */
  public <T> Subscription handle(Task<T> task, Workers workers, Handler.Work<T> handler) {
    TaskWorker<T> worker = new TaskWorker<>(engine, transport, task, workers, handler);
    return consumers.add("task " + task.name(), worker);
  }

  /**
   * Handles a task in batches; the workers' concurrency counts batches, and the task's limit covers
   * one handling of a batch. What cannot be decoded or has expired is settled by itself and is in
   * no batch. A handler that returns has done all of it; when one throws, each task is tried again
   * by its own attempts, alone. Nested verbs inherit the deadline of the batch and the trace of its
   * first task.
   *
   * @throws CommsException.Misconfigured if this task has a handler already
   */
  public <T> Subscription handleBatch(
      Task<T> task, Batch batch, Workers workers, Batch.Work<T> handler) {
    TaskWorker<T> worker = new TaskWorker<>(engine, transport, task, workers, batch, handler);
    return consumers.add("task " + task.name(), worker);
  }

  /**
   * Submits a task again and again, at the multiples of this period since 1970-01-01T00:00Z: an
   * hour is each full hour of UTC. See {@link #cron} for the rest.
   *
   * @param name names the schedule for all instances: letters, digits and {@code ._/-}, at most 150
   * @param period 1 s to 365 days
   */
  public <T> Subscription every(
      String name, Duration period, Task<T> task, Supplier<? extends T> payload) {
    return schedule(name, Rhythm.every(name, period), task, payload);
  }

  /**
   * Submits a task whenever this expression says so, from {@code comms.start()} on: once for each
   * due time, across all instances that share the {@linkplain Comms.Builder#store store}, under the
   * id {@code name@due}, such as {@code report.daily@2026-11-23T06:00:00Z}.
   *
   * <p>Due times that passed while no instance could submit are missed: they are logged and counted
   * as {@code comms.schedules.missed}, but for the latest, which is submitted late. A schedule that
   * is new begins with the next due time. If an instance ends between submitting and writing that
   * down, another submits once more under the same id, up to a minute after the confirm's limit.
   * Due times are those of the instances' clocks; keep them in step.
   *
   * <p>A time that a change of the zone's offset leaves out is moved to its end, and one that comes
   * twice is due the first time.
   *
   * @param name names the schedule for all instances: letters, digits and {@code ._/-}, at most 150
   * @param expression five fields: minute, hour, day of month, month, day of week
   * @param payload makes the payload; what it throws is logged, and it is called again after a
   *     while
   * @return what pauses this instance; the others go on
   * @throws CommsException.Misconfigured if the expression is none, com.cronutils:cron-utils is not
   *     on the class path, or this name has a schedule already; without a store, at the start
   */
  public <T> Subscription cron(
      String name, String expression, ZoneId zone, Task<T> task, Supplier<? extends T> payload) {
    return schedule(name, Rhythm.cron(name, expression, zone), task, payload);
  }

  private <T> Subscription schedule(
      String name, Rhythm rhythm, Task<T> task, Supplier<? extends T> payload) {
    return consumers.add(
        "schedule " + name,
        new Schedule(
            engine,
            Schedule.name(name),
            rhythm,
            transport.confirmedWithin(),
            how -> submitAsync(task, payload.get(), how)));
  }

  /**
   * Submits many tasks in this order, up to 256 unconfirmed at a time, and waits for all; see
   * {@link #submitAllAsync}.
   *
   * @return their ids, in order
   * @throws CommsException the first failure; {@link NotAll#confirmed} says which were confirmed
   */
  public <T> List<String> submitAll(Task<T> task, List<? extends T> payloads) {
    engine.mayWait(task);
    return all(task, payloads).await(engine, engine.noLimit(detached));
  }

  /**
   * Submits many tasks in this order. After a failure nothing more is submitted, and the future
   * fails with it when what was under way has ended; each confirm has its own limit.
   */
  public <T> CompletableFuture<List<String>> submitAllAsync(
      Task<T> task, List<? extends T> payloads) {
    return all(task, payloads);
  }

  private <T> Many<?> all(Task<T> task, List<? extends T> payloads) {
    return Many.<T>send(task, payloads, engine.here(payload -> submitAsync(task, payload)));
  }

  /** Puts dead letters back to work with care; nothing happens before its {@code run}. */
  public Redrive redrive(Task<?> task) {
    return new Redrive(engine, task.name(), deadLetters(task));
  }

  /** What failed for good. */
  public DeadLetters deadLetters(Task<?> task) {
    return transport.deadTasks(task);
  }
}
