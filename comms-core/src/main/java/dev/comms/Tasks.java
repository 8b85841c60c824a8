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
import java.util.concurrent.CompletableFuture;

/** Tasks of one broker: submitted here, handled here, or both. Safe for use by many threads. */
public final class Tasks {
  private final Engine engine;
  private final TaskTransport transport;
  private final Consumers consumers;
  private final Sender sender;

  Tasks(Engine engine, TaskTransport transport, Consumers consumers) {
    this.engine = engine;
    this.transport = transport;
    this.consumers = consumers;
    this.sender =
        new Sender(
            engine,
            Verb.SUBMIT,
            engine.place(transport.system(), transport),
            contract -> exchange -> submit(transport, (Task<?>) contract, exchange));
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
    Deadline deadline = engine.deadline(transport.confirmedWithin(), false);
    Submit known = how.id() == null ? how.withId(Ids.next()) : how;
    CompletableFuture<String> confirmed = submitAsync(task, payload, known, deadline);
    return sender.await(confirmed, task, String.valueOf(known.id()), deadline);
  }

  /** Submits a task; the future has its id once the broker has it, or a {@link CommsException}. */
  public <T> CompletableFuture<String> submitAsync(Task<T> task, T payload) {
    return submitAsync(task, payload, Submit.now());
  }

  /** Submits a task as told; see {@link #submitAsync(Task, Object)}. */
  public <T> CompletableFuture<String> submitAsync(Task<T> task, T payload, Submit how) {
    return submitAsync(task, payload, how, engine.deadline(transport.confirmedWithin(), false));
  }

  private <T> CompletableFuture<String> submitAsync(
      Task<T> task, T payload, Submit how, Deadline deadline) {
    try {
      Instant now = engine.time.now();
      String id = how.id() == null ? Ids.next() : how.id();
      Envelope message = sender.message(task, task.codec(), id, payload);
      if (how.expiresAfter() != null) {
        message = message.expires(now.plus(how.expiresAfter()));
      }
      Duration delay = how.delay(now);
      Order order = delay.isZero() ? Order.NOW : new Order(delay);
      return sender.send(task, message, deadline, order, reply -> id);
    } catch (CommsException failed) {
      return CompletableFuture.failedFuture(failed);
    }
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

  /** What failed for good. */
  public DeadLetters deadLetters(Task<?> task) {
    return transport.deadTasks(task);
  }
}
