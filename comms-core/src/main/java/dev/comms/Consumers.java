package dev.comms;

import dev.comms.contract.CommsException;
import dev.comms.contract.Deadline;
import dev.comms.contract.Time;
import dev.comms.spi.Health;
import dev.comms.spi.Subscription;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ThreadPoolExecutor;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** All handlers of tasks and events of one service. Guarded by itself. */
final class Consumers {

  /** Something that consumes once started. */
  interface Consumer {
    Subscription start();

    ThreadPoolExecutor pool();
  }

  private static final Logger LOG = LoggerFactory.getLogger(Consumers.class);

  /** How long interrupted handlers may take to give back what they have, after the drain. */
  private static final Duration LAST = Duration.ofMillis(500);

  private final Time time;
  private final Map<String, Registered> registered = new LinkedHashMap<>();
  private boolean started;
  private boolean closed;

  Consumers(Time time) {
    this.time = time;
  }

  synchronized Subscription add(String name, Consumer consumer) {
    if (closed) {
      throw new CommsException.Misconfigured(name, "a handler was added after comms.close()");
    }
    if (registered.containsKey(name)) {
      throw new CommsException.Misconfigured(
          name, "has a handler already; register one handler and raise its concurrency");
    }
    Registered one = new Registered(name, consumer, time.now());
    registered.put(name, one);
    if (started) {
      one.start();
    }
    return one;
  }

  synchronized void start() {
    if (closed) {
      return;
    }
    started = true;
    registered.values().forEach(Registered::start);
  }

  synchronized List<Health.Part> parts() {
    List<Health.Part> parts = new ArrayList<>();
    registered.values().forEach(one -> parts.addAll(one.health().parts()));
    return parts;
  }

  private synchronized List<Registered> all() {
    closed = true;
    return List.copyOf(registered.values());
  }

  CompletableFuture<Void> drain(Deadline deadline) {
    CompletableFuture<?>[] drained =
        all().stream().map(one -> drained(one, deadline)).toArray(CompletableFuture<?>[]::new);
    return CompletableFuture.allOf(drained);
  }

  private static CompletableFuture<Void> drained(Registered one, Deadline deadline) {
    try {
      return one.drain(deadline);
    } catch (RuntimeException failed) {
      return CompletableFuture.failedFuture(failed);
    }
  }

  /** Handlers that still run are interrupted first: only before the end can they give back. */
  void close() {
    List<Registered> all = all();
    all.forEach(one -> Pool.interrupt(one.consumer.pool()));
    Deadline last = Deadline.after(time, LAST);
    all.forEach(one -> Pool.close(one.consumer.pool(), last));
    for (Registered one : all) {
      try {
        one.close();
      } catch (RuntimeException failed) {
        LOG.warn("{}: closing failed: {}; going on", one.name, failed.getMessage());
      }
    }
  }

  /** A consumer that may not run yet; what is asked before the start is done at the start. */
  private static final class Registered implements Subscription {
    private final String name;
    private final Consumer consumer;
    private final Instant since;
    // Both guarded by this.
    private @Nullable Subscription running;
    private boolean paused;

    Registered(String name, Consumer consumer, Instant since) {
      this.since = since;
      this.name = name;
      this.consumer = consumer;
    }

    synchronized void start() {
      running = consumer.start();
      if (paused) {
        running.pause();
      }
    }

    @Override
    public synchronized void pause() {
      paused = true;
      if (running != null) {
        running.pause();
      }
    }

    @Override
    public synchronized void resume() {
      paused = false;
      if (running != null) {
        running.resume();
      }
    }

    @Override
    public synchronized Health health() {
      return running != null
          ? running.health()
          : Health.of(List.of(new Health.Part(name, Health.State.STARTING, since, Map.of())));
    }

    @Override
    public CompletableFuture<Void> drain(Deadline deadline) {
      Subscription now = running();
      return now == null ? CompletableFuture.completedFuture(null) : now.drain(deadline);
    }

    @Override
    public void close() {
      Subscription now = running();
      if (now != null) {
        now.close();
      }
    }

    private synchronized @Nullable Subscription running() {
      return running;
    }
  }
}
