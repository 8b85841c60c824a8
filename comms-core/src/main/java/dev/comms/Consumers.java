package dev.comms;

import dev.comms.contract.CommsException;
import dev.comms.contract.Contract;
import dev.comms.contract.Deadline;
import dev.comms.contract.Time;
import dev.comms.spi.Health;
import dev.comms.spi.Subscription;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** All handlers of tasks and events of one service. Guarded by itself. */
final class Consumers {

  /** Something that consumes once started. */
  interface Consumer {
    /**
     * What an operator may name when he means this.
     *
     * @param subject the task's name, or the event's with the group behind an @
     */
    record Settable(Contract contract, String subject) {}

    List<Settable> settable();

    /** How many handlers work at a time as the service itself says. */
    int declared();

    /** The most that can work at a time, whatever an operator sets while it runs. */
    int most();

    /** From now on so many at a time. */
    void resize(int atATime);

    /** What else only it may handle: further events of its group, and former names. */
    default List<String> others() {
      return List.of();
    }

    Subscription start();

    /** The same, paused from the first moment if it was paused before the start. */
    default Subscription start(boolean paused) {
      Subscription running = start();
      if (paused) {
        running.pause();
      }
      return running;
    }

    /** Interrupts what runs, so that it gives back what it has; nothing more is begun. */
    void interrupt();

    /** Waits for what was interrupted, until the deadline. */
    void end(Deadline deadline);
  }

  private static final Logger LOG = LoggerFactory.getLogger(Consumers.class);

  /** How long interrupted handlers may take to give back what they have, after the drain. */
  private static final Duration LAST = Duration.ofMillis(500);

  private final Time time;
  private final Operator operator;
  private final Map<String, Registered> registered = new LinkedHashMap<>();
  private final Set<String> handled = new HashSet<>();
  private boolean started;
  private boolean closed;

  Consumers(Time time, Operator operator) {
    this.time = time;
    this.operator = operator;
  }

  Subscription add(String name, Consumer consumer) {
    Registered one = register(name, consumer);
    // Not under this lock: the operator takes his own first, and then those of handlers.
    consumer.settable().forEach(it -> operator.know(it.contract(), it.subject(), one));
    return begun(one);
  }

  private synchronized Registered register(String name, Consumer consumer) {
    if (closed) {
      throw new CommsException.Misconfigured(name, "a handler was added after comms.close()");
    }
    Set<String> names = new LinkedHashSet<>();
    names.add(name);
    for (String one : consumer.others()) {
      if (!names.add(one)) {
        throw taken(one);
      }
    }
    for (String one : names) {
      if (handled.contains(one)) {
        throw taken(one);
      }
    }
    handled.addAll(names);
    Registered one = new Registered(name, consumer, time.now());
    registered.put(name, one);
    return one;
  }

  private static CommsException.Misconfigured taken(String name) {
    return new CommsException.Misconfigured(
        name, "has a handler already; register one handler and raise its concurrency");
  }

  private synchronized Registered begun(Registered one) {
    if (started && !closed) {
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
    all.forEach(one -> one.consumer.interrupt());
    Deadline last = Deadline.after(time, LAST);
    all.forEach(one -> one.consumer.end(last));
    for (Registered one : all) {
      try {
        one.close();
      } catch (RuntimeException failed) {
        LOG.warn(
            "{}: closing failed: {}; going on, what it held comes again",
            one.name,
            failed.getMessage());
      }
    }
  }

  /** A consumer that may not run yet; what is asked before the start is done at the start. */
  private static final class Registered implements Subscription, Operator.Handler {
    private final String name;
    private final Consumer consumer;
    private final Instant since;
    // All guarded by this.
    private @Nullable Subscription running;
    private boolean paused;
    private boolean held;

    Registered(String name, Consumer consumer, Instant since) {
      this.since = since;
      this.name = name;
      this.consumer = consumer;
    }

    synchronized void start() {
      if (running == null) {
        running = consumer.start(paused || held);
      }
    }

    @Override
    public synchronized void pause() {
      stop(true, held);
    }

    @Override
    public synchronized void resume() {
      stop(false, held);
    }

    @Override
    public synchronized void hold(boolean byOperator) {
      stop(paused, byOperator);
    }

    /** It consumes when neither its service nor an operator has paused it. */
    private void stop(boolean byService, boolean byOperator) {
      boolean before = paused || held;
      paused = byService;
      held = byOperator;
      boolean after = paused || held;
      if (running != null && before != after) {
        if (after) {
          running.pause();
        } else {
          running.resume();
        }
      }
    }

    @Override
    public int declared() {
      return consumer.declared();
    }

    @Override
    public int most() {
      return consumer.most();
    }

    @Override
    public void concurrency(int atATime) {
      consumer.resize(atATime);
    }

    @Override
    public synchronized Health health() {
      return running != null
          ? running.health()
          : Health.of(
              List.of(
                  new Health.Part(
                      name,
                      Health.State.STARTING,
                      since,
                      Map.of("reason", "comms.start() has not begun to consume yet"))));
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
