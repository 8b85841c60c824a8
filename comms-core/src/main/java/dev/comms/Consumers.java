package dev.comms;

import dev.comms.contract.CommsException;
import dev.comms.contract.Deadline;
import dev.comms.spi.Health;
import dev.comms.spi.Subscription;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ThreadPoolExecutor;
import org.jspecify.annotations.Nullable;

/** All handlers of tasks and events of one service. Guarded by itself. */
final class Consumers {

  /** Something that consumes once started. */
  interface Consumer {
    Subscription start();

    ThreadPoolExecutor pool();
  }

  private final Map<String, Registered> registered = new LinkedHashMap<>();
  private boolean started;
  private boolean closed;

  synchronized Subscription add(String name, Consumer consumer) {
    if (closed) {
      throw new CommsException.Misconfigured(name, "a handler was added after comms.close()");
    }
    if (registered.containsKey(name)) {
      throw new CommsException.Misconfigured(
          name, "has a handler already; register one handler and raise its concurrency");
    }
    Registered one = new Registered(name, consumer);
    registered.put(name, one);
    if (started) {
      one.start();
    }
    return one;
  }

  synchronized void start() {
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
        all().stream().map(one -> one.drain(deadline)).toArray(CompletableFuture<?>[]::new);
    return CompletableFuture.allOf(drained);
  }

  void close(Deadline deadline) {
    List<Registered> all = all();
    all.forEach(Registered::close);
    all.forEach(one -> Pool.close(one.consumer.pool(), deadline));
  }

  /** A consumer that may not run yet; what is asked before the start is done at the start. */
  private static final class Registered implements Subscription {
    private final String name;
    private final Consumer consumer;
    private final Instant since = Instant.now();
    // Both guarded by this.
    private @Nullable Subscription running;
    private boolean paused;

    Registered(String name, Consumer consumer) {
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
