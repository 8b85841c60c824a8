package dev.comms.rabbit;

import com.rabbitmq.client.BlockedListener;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.ConnectionFactory;
import com.rabbitmq.client.ShutdownSignalException;
import dev.comms.contract.CommsException;
import dev.comms.spi.Health;
import dev.comms.spi.Health.State;
import dev.comms.spi.Host;
import java.io.IOException;
import java.net.Socket;
import java.time.Instant;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One supervised connection. The client's own recovery is off: it leaves consumers that are
 * connected and do not consume. Here a thread of its own connects, waits for the end, and connects
 * again with a jittered wait; whoever uses the connection asks for it with {@link #await} and opens
 * his channel anew.
 */
final class Session implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Session.class);
  private static final long LONGEST_PAUSE_MILLIS = 2_000;
  private static final int CLOSE_MILLIS = 2_000;

  private final RabbitConfig config;
  private final Host host;
  private final String role;
  private final ConnectionFactory factory;
  private final Thread supervisor;
  private final CompletableFuture<Void> ready = new CompletableFuture<>();
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();

  // guarded by lock
  private @Nullable Connection connection;
  private State state = State.STARTING;
  private Instant since;
  private String lastFailure = "";

  private volatile boolean closed;
  private volatile @Nullable String blocked;
  private final AtomicReference<@Nullable Socket> socket = new AtomicReference<>();

  Session(RabbitConfig config, Host host, String role) {
    this.config = config;
    this.host = host;
    this.role = role;
    this.since = host.time().now();
    String threads = "comms-rabbit-" + role;
    this.factory = Connections.factory(config, threads, this::opened);
    this.supervisor = Threads.named(threads + "-session", this::run);
  }

  /** Connects; fails if the first attempt does, and then this session has ended. */
  CompletableFuture<Void> start() {
    supervisor.start();
    return ready;
  }

  /** The open connection, or null if there is none within this while, or no more. */
  @Nullable Connection await(long millis) throws InterruptedException {
    long left = TimeUnit.MILLISECONDS.toNanos(millis);
    lock.lockInterruptibly();
    try {
      while (connection == null && !closed && left > 0) {
        left = changed.awaitNanos(left);
      }
      return closed ? null : connection;
    } finally {
      lock.unlock();
    }
  }

  /** Why the broker takes no messages now (an alarm), or null. */
  @Nullable String blocked() {
    return blocked;
  }

  /** What is wrong with the connection, for a message; empty if it is up. */
  String trouble() {
    lock.lock();
    try {
      return state == State.UP
          ? ""
          : "no connection to " + config.address() + " since " + since + " (" + lastFailure + ")";
    } finally {
      lock.unlock();
    }
  }

  /**
   * Cuts the connection from under a thread that hangs in a write. Returns at once: under TLS
   * closing may wait for that very write, so it has a thread of its own, which ends with it.
   */
  void kick(String why) {
    Socket current = socket.getAndSet(null); // once
    if (current == null || current.isClosed()) {
      return;
    }
    LOG.warn("rabbitmq {} connection to {} is cut: {}", role, config.address(), why);
    Threads.named("comms-rabbit-" + role + "-cut", () -> cut(current)).start();
  }

  private static void cut(Socket socket) {
    try {
      socket.setSoLinger(true, 0); // a reset: nothing is flushed, and TLS says no goodbye
    } catch (IOException alreadyGone) {
      LOG.debug("the socket takes no options any more", alreadyGone);
    }
    try {
      socket.close();
    } catch (IOException alreadyGone) {
      LOG.debug("closing the socket failed", alreadyGone);
    }
  }

  /** What {@link #kick} cuts. */
  void opened(Socket current) {
    socket.set(current);
  }

  boolean isUp() {
    lock.lock();
    try {
      return state == State.UP;
    } finally {
      lock.unlock();
    }
  }

  Health.Part health() {
    lock.lock();
    try {
      Map<String, String> facts = new TreeMap<>();
      facts.put("broker", config.address());
      facts.put("virtual host", config.virtualHost());
      if (connection != null) {
        Object version = connection.getServerProperties().get("version");
        facts.put("version", String.valueOf(version));
      }
      if (!lastFailure.isEmpty()) {
        facts.put("last failure", lastFailure);
      }
      String why = blocked;
      if (why != null) {
        facts.put("blocked", why);
      }
      return new Health.Part(role + " connection", state, since, facts).because(lastFailure);
    } finally {
      lock.unlock();
    }
  }

  @Override
  public void close() {
    Connection current;
    lock.lock();
    try {
      closed = true;
      current = connection;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
    if (current != null) {
      current.abort(CLOSE_MILLIS);
    }
    supervisor.interrupt();
    Threads.join(supervisor, CLOSE_MILLIS);
    ready.completeExceptionally(Failures.unavailable("rabbitmq", "the transport is closed", null));
  }

  private void run() {
    int failures = 0;
    while (!closed) {
      try {
        Connection opened = factory.newConnection("comms " + host.service() + " " + role);
        failures = 0;
        up(opened);
        ready.complete(null);
        awaitEnd(opened);
      } catch (IOException | TimeoutException | RuntimeException failure) {
        CommsException why = Failures.connecting(config, failure);
        if (!ready.isDone()) {
          note(State.DOWN, why.reason());
          ready.completeExceptionally(why);
          return;
        }
        report(why, failures++);
        pause(failures);
      } catch (InterruptedException asked) {
        LOG.debug("the session's thread was interrupted; closed: {}", closed);
      }
    }
  }

  private void up(Connection opened) {
    blocked = null;
    opened.addBlockedListener(
        new BlockedListener() {
          @Override
          public void handleBlocked(String reason) {
            blocked = reason;
            LOG.warn("rabbitmq {} blocks publishers: {}", config.address(), reason);
          }

          @Override
          public void handleUnblocked() {
            blocked = null;
            LOG.info("rabbitmq {} takes messages again", config.address());
          }
        });
    lock.lock();
    try {
      connection = opened;
      state = State.UP;
      since = host.time().now();
      changed.signalAll();
    } finally {
      lock.unlock();
    }
    opened.addShutdownListener(cause -> down(opened, cause)); // at once, if it ended by now
    if (closed) {
      opened.abort(CLOSE_MILLIS);
    }
    LOG.info("rabbitmq {} connection to {} is up", role, config.address());
  }

  /** Runs on the connection's I/O thread: only notes it. */
  private void down(Connection ended, ShutdownSignalException cause) {
    lock.lock();
    try {
      if (connection == ended) {
        connection = null;
        note(State.DOWN, Failures.said(cause));
      }
    } finally {
      lock.unlock();
    }
    if (!closed) {
      LOG.warn(
          "rabbitmq {} connection to {} ended ({}); connecting again",
          role,
          config.address(),
          Failures.said(cause));
    }
  }

  private void note(State now, String failure) {
    lock.lock();
    try {
      if (state != now) {
        since = host.time().now();
      }
      state = now;
      lastFailure = failure;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  private void report(CommsException why, int failuresBefore) {
    note(State.DOWN, why.reason());
    if (failuresBefore == 0) {
      LOG.warn("{}; trying again until it answers", why.getMessage());
    } else {
      LOG.debug("{}; attempt {}", why.getMessage(), failuresBefore + 1);
    }
  }

  private void awaitEnd(Connection opened) throws InterruptedException {
    lock.lockInterruptibly();
    try {
      while (connection == opened && !closed) {
        changed.await();
      }
    } finally {
      lock.unlock();
    }
  }

  /** Full jitter, so that a thousand clients do not return at once. */
  private void pause(int failures) {
    long most = Math.min(LONGEST_PAUSE_MILLIS, 100L << Math.min(failures, 10));
    long nanos = TimeUnit.MILLISECONDS.toNanos(ThreadLocalRandom.current().nextLong(10, most + 1));
    lock.lock();
    try {
      while (nanos > 0 && !closed) {
        nanos = changed.awaitNanos(nanos);
      }
    } catch (InterruptedException asked) {
      LOG.debug("the session's pause was interrupted; closed: {}", closed);
    } finally {
      lock.unlock();
    }
  }
}
