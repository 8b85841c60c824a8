package dev.comms.rabbit;

import com.rabbitmq.client.AlreadyClosedException;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.ShutdownSignalException;
import dev.comms.contract.CommsException;
import dev.comms.contract.Deadline;
import dev.comms.spi.Host;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The lane on which everything is published: one channel, one thread that owns it, a bounded
 * backlog before it and a window of confirms behind it. When the channel dies, what was not
 * confirmed is sent again on the next one, before all else and under the same id, until its
 * deadline.
 */
final class Publisher implements AutoCloseable, Window.Ends {
  private static final Logger LOG = LoggerFactory.getLogger(Publisher.class);
  private static final long POLL_MILLIS = 200;
  private static final long PARK_NANOS = TimeUnit.MILLISECONDS.toNanos(5);
  private static final long CLOSE_MILLIS = 2_000;

  private final Session session;
  private final Topology topology;
  private final RabbitConfig config;
  private final Host host;
  private final Thread lane;
  private final Backlog backlog;
  private final CompletableFuture<Void> ready = new CompletableFuture<>();

  /** The tasks whose queues were declared on this connection; at most one entry per contract. */
  private final Set<String> declared = ConcurrentHashMap.newKeySet();

  private volatile @Nullable Window window;
  private volatile @Nullable Outgoing current;
  private volatile long writingSince; // 0 when not writing
  private volatile String trouble = "";
  private volatile boolean closed;

  Publisher(Session session, Topology topology, RabbitConfig config, Host host) {
    this.session = session;
    this.topology = topology;
    this.config = config;
    this.host = host;
    this.lane = Threads.named("comms-rabbit-publisher", this::run);
    this.backlog = new Backlog(config.backlog(), host, this::supervise);
  }

  /** Declares what all tasks share; fails as that does, and then this publisher has ended. */
  CompletableFuture<Void> start() {
    lane.start();
    return ready;
  }

  /** The result ends at the deadline at the latest. */
  CompletableFuture<Void> publish(Outgoing message) {
    message.calledBackOn(host.callbacksHere());
    if (closed) {
      message.fail(closed(message));
    } else if (message.deadline.expired()) {
      message.fail(Failures.tooLate(message.task.name()));
    } else if (!backlog.offer(message)) {
      message.fail(full(message));
    } else if (closed) { // closed in the meantime, and nobody may look at the backlog any more
      message.fail(closed(message));
    }
    return message.result;
  }

  /** How many are waiting or unconfirmed. */
  int pending() {
    return backlog.pending();
  }

  /** Done when nothing is pending, or at the deadline. */
  CompletableFuture<Void> idle(Deadline deadline) {
    return backlog.idle(deadline);
  }

  @Override
  public void acknowledged(List<Outgoing> all) {
    // One that waits for its own is told on its own thread; many are told together.
    Executor callbacks =
        all.size() == 1 ? all.get(0).callbacks(host.callbacks()) : host.callbacks();
    callbacks.execute(
        () -> {
          for (Outgoing message : all) {
            if (message.unroutable()) {
              declared.remove(message.task.name()); // somebody deleted it: declare it anew
            }
            message.acknowledged();
          }
        });
  }

  @Override
  public void refused(List<Outgoing> all) {
    host.callbacks().execute(() -> all.forEach(Outgoing::refused));
  }

  /** Takes nothing new, and asks the lane's thread to end. */
  void stop() {
    closed = true;
    lane.interrupt();
  }

  /** The session must be closed by now: a thread that hangs in a write ends only so. */
  @Override
  public void close() {
    stop();
    Threads.join(lane, CLOSE_MILLIS);
    eachPending(message -> message.expired(closed(message)));
    ready.completeExceptionally(Failures.unavailable("rabbitmq", "the transport is closed", null));
  }

  private void run() {
    while (!closed) {
      try {
        Connection connection = session.await(POLL_MILLIS);
        if (connection != null) {
          serve(connection);
        }
      } catch (InterruptedException asked) {
        LOG.debug("the publisher's thread was interrupted; closed: {}", closed);
      } catch (IOException | RuntimeException failure) {
        CommsException why = Failures.channel("rabbitmq publisher", failure);
        if (ready.completeExceptionally(why)) {
          return;
        }
        trouble = String.valueOf(why.getMessage());
        if (session.isUp()) { // or the session has said it
          LOG.warn("{}; opening another channel", trouble);
        }
        LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(POLL_MILLIS));
      }
    }
  }

  private void serve(Connection connection) throws IOException, InterruptedException {
    declared.clear();
    topology.base().declare(connection);
    topology.delays().declare(connection);
    Channel channel = Failures.open(connection);
    channel.confirmSelect();
    Window opened = new Window(channel, config.window(), this, lane);
    window = opened;
    trouble = "";
    ready.complete(null);
    try {
      while (!closed && opened.alive()) {
        Outgoing message = backlog.poll(POLL_MILLIS);
        current = message;
        if (message == null || message.ended() || handle(message, opened, connection)) {
          current = null;
        }
      }
      if (!closed && connection.isOpen()) {
        LOG.warn("the publisher's channel ended ({}); opening another", closeReason(channel));
      }
    } finally {
      opened.die();
      List<Outgoing> unconfirmed = new ArrayList<>(opened.harvest());
      Outgoing held = current;
      if (held != null) {
        unconfirmed.add(held);
      }
      backlog.again(unconfirmed);
      window = null;
      current = null;
      channel.abort();
    }
  }

  /** False if it must be tried on another channel. */
  private boolean handle(Outgoing message, Window opened, Connection connection)
      throws IOException {
    while (!closed && !message.ended() && opened.alive()) {
      if (session.blocked() != null) {
        LockSupport.parkNanos(PARK_NANOS);
      } else if (!opened.free()) {
        opened.park(PARK_NANOS);
      } else {
        if (declare(message, connection)) {
          send(message, opened);
        }
        return true;
      }
    }
    return message.ended();
  }

  /** The worker may start later than the first submission: so whoever comes first declares. */
  private boolean declare(Outgoing message, Connection connection) throws IOException {
    if (declared.contains(message.task.name())) {
      return true;
    }
    try {
      topology.of(message.task).declare(connection);
      declared.add(message.task.name());
      return true;
    } catch (CommsException.Misconfigured refused) {
      host.callbacks().execute(() -> message.fail(refused));
      return false;
    }
  }

  private void send(Outgoing message, Window opened) {
    long now = host.time().nanos();
    message.sending(now);
    opened.add(message);
    writingSince = now == 0 ? 1 : now;
    try {
      opened.channel.basicPublish(
          message.target.exchange(), message.target.key(), true, message.properties, message.body);
    } catch (AlreadyClosedException notWritten) {
      message.notSent();
      opened.die();
    } catch (IOException broken) {
      opened.die();
    } catch (RuntimeException unsendable) {
      // The client counted it and the broker did not: their numbers differ, so this channel ends.
      LOG.warn("task {} cannot be sent", message.task.name(), unsendable);
      CommsException why = Failures.malformed(message.task.name(), "it cannot be sent", unsendable);
      host.callbacks().execute(() -> message.fail(why));
      opened.die();
    } finally {
      writingSince = 0;
    }
  }

  /** Now and then, on the timer's thread: ends what is too late, and cuts what hangs. */
  private void supervise() {
    List<Outgoing> late = new ArrayList<>();
    long now = host.time().nanos();
    long stalled = 2 * config.confirmedWithin().toNanos();
    boolean[] stuck = {false};
    eachPending(
        message -> {
          if (message.deadline.expired()) {
            late.add(message);
          }
        });
    Window opened = window;
    if (opened != null) {
      opened.forEach(message -> stuck[0] |= now - message.sentNanos() > stalled);
    }
    long writing = writingSince;
    if (writing != 0 && now - writing > config.confirmedWithin().toNanos()) {
      session.kick("a write hangs for more than " + config.confirmedWithin());
    } else if (stuck[0] && session.blocked() == null) {
      session.kick("no confirm for " + Duration.ofNanos(stalled));
    }
    if (!late.isEmpty()) {
      host.callbacks()
          .execute(
              () -> {
                late.forEach(message -> message.expired(whyNotSent(message)));
                backlog.dropEnded();
              });
    }
  }

  private void eachPending(Consumer<Outgoing> each) {
    backlog.forEach(each);
    Outgoing held = current;
    if (held != null) {
      each.accept(held);
    }
    Window opened = window;
    if (opened != null) {
      opened.forEach(each);
    }
  }

  private CommsException whyNotSent(Outgoing message) {
    String name = message.task.name();
    String alarm = session.blocked();
    if (alarm != null) {
      return Failures.overloaded(
          name, "not sent: the broker blocks publishers (" + alarm + "); free its resources");
    }
    String why = session.trouble().isEmpty() ? trouble : session.trouble();
    return why.isEmpty()
        ? Failures.overloaded(name, "not sent in time: too many messages wait before it")
        : Failures.unavailable(name, "not sent: " + why, null);
  }

  /** If the broker is away, that is the reason, and not how fast anybody submits. */
  private CommsException full(Outgoing message) {
    String why =
        "as many messages wait to be sent already as may ("
            + config.backlog()
            + ", or "
            + Backlog.MOST_BYTES
            + " bytes of bodies)";
    String away = session.trouble();
    return away.isEmpty()
        ? Failures.overloaded(message.task.name(), why + "; submit more slowly")
        : Failures.unavailable(message.task.name(), "not sent: " + away + ", and " + why, null);
  }

  private static String closeReason(Channel channel) {
    ShutdownSignalException reason = channel.getCloseReason();
    return reason == null ? "unsendable message" : Failures.said(reason);
  }

  private static CommsException closed(Outgoing message) {
    return Failures.unavailable(message.task.name(), "not sent: the transport is closed", null);
  }
}
