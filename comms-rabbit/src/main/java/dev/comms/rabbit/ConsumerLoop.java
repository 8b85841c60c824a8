package dev.comms.rabbit;

import com.rabbitmq.client.AlreadyClosedException;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import dev.comms.contract.CommsException;
import dev.comms.contract.Deadline;
import dev.comms.contract.Task;
import dev.comms.spi.Health;
import dev.comms.spi.Health.State;
import dev.comms.spi.Subscription;
import dev.comms.spi.TaskDelivery;
import io.micrometer.core.instrument.Counter;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One consumer: a channel, and a thread that owns it. The thread subscribes, settles, and when the
 * channel or the consumer has ended, subscribes again on a new one. Deliveries come on the client's
 * dispatch threads and are handed on at once.
 */
final class ConsumerLoop implements Subscription {
  private static final Logger LOG = LoggerFactory.getLogger(ConsumerLoop.class);
  private static final long POLL_MILLIS = 100;
  private static final long AGAIN_NANOS = TimeUnit.MILLISECONDS.toNanos(300);
  private static final long CLOSE_MILLIS = 2_000;
  private static final Duration FIRST_SUBSCRIPTION = Duration.ofSeconds(15);
  private static final Duration PAUSE_AFTER_BUG = Duration.ofSeconds(1);

  /** What the loop's thread is asked to do. */
  sealed interface Command permits Settle, Wake {}

  /** Look at the flags again. */
  enum Wake implements Command {
    UP
  }

  private record Status(State state, Instant since, String failure) {}

  private final Task<?> task;
  private final String queue;
  private final int slots;
  private final Consumer<TaskDelivery> consumer;
  private final Attached at;
  private final Counter voids;
  private final BlockingQueue<Command> commands;
  private final CompletableFuture<Void> ready = new CompletableFuture<>();
  private final CompletableFuture<Void> drained = new CompletableFuture<>();
  private final Thread loop;

  private volatile boolean paused;
  private volatile boolean draining;
  private volatile boolean closed;
  private volatile boolean over; // the loop's thread settles nothing any more
  private volatile @Nullable Link link;
  private volatile Status status;

  ConsumerLoop(Task<?> task, int slots, Consumer<TaskDelivery> consumer, Attached at) {
    this.task = task;
    this.queue = at.topology().queue(task.name());
    this.slots = slots;
    this.consumer = consumer;
    this.at = at;
    this.voids = at.voidSettles(task.name());
    // Each slot has one settlement at most; those of channels that died are removed if it is full.
    this.commands = new LinkedBlockingQueue<>(2 * slots + 16);
    this.status = new Status(State.STARTING, at.host().time().now(), "");
    this.loop = Threads.named("comms-rabbit-work-" + task.name(), this::run);
  }

  /** Subscribes and waits until that has been tried; throws what no waiting would mend. */
  ConsumerLoop start() {
    loop.start();
    Deadline deadline = Deadline.after(at.host().time(), FIRST_SUBSCRIPTION);
    try {
      at.host().time().await(ready.copy(), task.name(), deadline);
    } catch (CommsException.DeadlineExceeded slow) {
      LOG.warn("task {}: the broker is slow to subscribe; going on", task.name());
    }
    return this;
  }

  @Override
  public void pause() {
    paused = true;
    wake();
  }

  @Override
  public void resume() {
    paused = false;
    wake();
  }

  @Override
  public Health health() {
    Status now = status;
    Link open = link;
    Map<String, String> facts = new TreeMap<>();
    facts.put("queue", queue);
    facts.put("slots", String.valueOf(slots));
    facts.put("consuming", String.valueOf(open != null && open.consuming()));
    facts.put("unsettled", String.valueOf(open == null ? 0 : open.unsettled()));
    if (paused) {
      facts.put("paused", "true");
    }
    if (!now.failure().isEmpty()) {
      facts.put("last failure", now.failure());
    }
    State state = draining && now.state() == State.UP ? State.DRAINING : now.state();
    String why = state == State.DRAINING ? "" : now.failure();
    Health.Part part = new Health.Part("consumer " + task.name(), state, now.since(), facts);
    return Health.of(List.of(part.because(why)));
  }

  @Override
  public CompletableFuture<Void> drain(Deadline deadline) {
    draining = true;
    wake();
    return Timeouts.orAt(deadline, drained.copy(), at.host());
  }

  @Override
  public void close() {
    closed = true;
    wake();
    Threads.join(loop, CLOSE_MILLIS); // it gives back what is unsettled
    Link open = link;
    if (open != null) {
      open.end();
    }
    loop.interrupt();
    Threads.join(loop, CLOSE_MILLIS);
    drained.complete(null);
  }

  boolean isOver() {
    return over;
  }

  /** Settles a delivery; done when written, or when the broker had taken the delivery back. */
  CompletableFuture<Void> settle(Settle settle) {
    if (!queued(settle) || over) {
      voided(settle);
    }
    return settle.result;
  }

  /** False only if its channel has ended: while that lives, there is room for each slot. */
  private boolean queued(Settle settle) {
    while (settle.link().alive()) {
      if (commands.offer(settle)) {
        return true;
      }
      commands.removeIf(this::stale);
    }
    return false;
  }

  private boolean stale(Command command) {
    if (command instanceof Settle settle && settle.link().alive()) {
      return false;
    }
    if (command instanceof Settle ended) {
      voided(ended);
    }
    return true;
  }

  private void voided(Settle settle) {
    if (settle.result.complete(null)) {
      voids.increment();
    }
  }

  private void wake() {
    if (commands.isEmpty()) {
      commands.offer(Wake.UP); // a full queue wakes the loop as well
    }
  }

  private void run() {
    while (!closed) {
      try {
        Connection connection = draining ? null : at.consuming().await(POLL_MILLIS);
        if (connection != null) {
          serve(connection);
        } else {
          idle();
        }
      } catch (InterruptedException asked) {
        LOG.debug("the consumer's thread was interrupted; closed: {}", closed);
      } catch (IOException | RuntimeException failure) {
        CommsException why = Failures.channel(task.name(), failure);
        note(State.DOWN, why.reason());
        if (why instanceof CommsException.Misconfigured && ready.completeExceptionally(why)) {
          break;
        }
        ready.complete(null);
        if (at.consuming().isUp()) { // or the session has said it
          LOG.warn("{}; subscribing again", why.getMessage());
        }
        LockSupport.parkNanos(AGAIN_NANOS);
      }
    }
    over = true;
    ready.complete(null);
    note(State.DOWN, "closed");
    voidAll();
  }

  /** There is no channel: nothing can be unsettled. */
  private void idle() throws InterruptedException {
    voidAll();
    if (draining) {
      finishDrain();
      if (commands.poll(POLL_MILLIS, TimeUnit.MILLISECONDS) instanceof Settle settle) {
        voided(settle);
      }
    }
  }

  private void serve(Connection connection) throws IOException, InterruptedException {
    at.topology().base().declare(connection);
    at.topology().of(task).declare(connection);
    Channel channel = Failures.open(connection);
    channel.basicQos(slots, false);
    boolean tellsCrashes = Versions.tellsCrashes(connection);
    Link opened = new Link(channel, tellsCrashes, at.losses(), this::arrived, this::wake);
    link = opened;
    try {
      List<Command> batch = new ArrayList<>();
      while (!closed && opened.alive()) {
        opened.consume(!paused && !draining, queue);
        note(State.UP, "");
        ready.complete(null);
        if (draining && opened.idle()) {
          finishDrain();
        }
        Command first = commands.poll(POLL_MILLIS, TimeUnit.MILLISECONDS);
        if (first != null) {
          batch.add(first);
          commands.drainTo(batch);
          write(batch, opened);
          batch.clear();
        }
      }
      if (closed) {
        release(opened);
      } else if (connection.isOpen()) {
        LOG.warn("the consumer of {} ended; subscribing again", queue);
        note(State.DOWN, "the broker ended the consumer or its channel");
      } else {
        note(State.DOWN, "connection lost");
      }
    } finally {
      opened.end();
      channel.abort();
    }
  }

  /** What is settled already is written first; the rest is given back, which is no crash. */
  private void release(Link opened) {
    List<Command> last = new ArrayList<>();
    commands.drainTo(last);
    write(last, opened);
    try {
      if (opened.alive()) {
        opened.release(queue);
      }
    } catch (IOException | AlreadyClosedException gone) {
      LOG.debug("task {}: the channel ended before all was given back", task.name(), gone);
    }
  }

  private void write(List<Command> batch, Link opened) {
    List<Settle> written = new ArrayList<>();
    for (Command command : batch) {
      if (command instanceof Settle settle) {
        if (settle.link() == opened && opened.alive() && written(settle, opened)) {
          written.add(settle);
        } else {
          voided(settle);
        }
      }
    }
    if (!written.isEmpty()) {
      at.host().callbacks().execute(() -> written.forEach(each -> each.result.complete(null)));
    }
  }

  private boolean written(Settle settle, Link opened) {
    try {
      settle.write(opened.getChannel());
      opened.settled(settle.arrival);
      return true;
    } catch (IOException | AlreadyClosedException gone) {
      LOG.debug("task {}: the channel ended before a settlement", task.name(), gone);
      opened.end();
      return false;
    }
  }

  private void voidAll() {
    for (Command each = commands.poll(); each != null; each = commands.poll()) {
      if (each instanceof Settle settle) {
        voided(settle);
      }
    }
  }

  private void finishDrain() {
    if (!drained.isDone()) {
      at.host().callbacks().execute(() -> drained.complete(null));
    }
  }

  /** On a dispatch thread of the client: hands on, never waits. */
  private void arrived(Link.Arrival arrival) {
    RabbitDelivery delivery = new RabbitDelivery(task, arrival, this, at);
    if (paused || draining || closed) {
      delivery.giveBack(); // it was on its way when the consumer was told to stop
      return;
    }
    try {
      consumer.accept(delivery);
    } catch (RuntimeException bug) {
      LOG.error("task {} {}: taking it failed", task.name(), delivery.envelope().id(), bug);
      at.host().time().schedule(PAUSE_AFTER_BUG, delivery::giveBack);
    }
  }

  private void note(State state, String failure) {
    Status before = status;
    if (before.state() != state || !before.failure().equals(failure)) {
      Instant since = before.state() == state ? before.since() : at.host().time().now();
      status = new Status(state, since, failure);
    }
  }
}
