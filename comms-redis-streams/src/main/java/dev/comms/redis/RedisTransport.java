package dev.comms.redis;

import dev.comms.contract.CommsException.Misconfigured;
import dev.comms.contract.Deadline;
import dev.comms.contract.Event;
import dev.comms.contract.Task;
import dev.comms.contract.Time;
import dev.comms.redis.Topology.TaskKeys;
import dev.comms.spi.Ability;
import dev.comms.spi.DeadLetters;
import dev.comms.spi.Delivery;
import dev.comms.spi.Envelope;
import dev.comms.spi.EventTransport;
import dev.comms.spi.Health;
import dev.comms.spi.Host;
import dev.comms.spi.Order;
import dev.comms.spi.Subscription;
import dev.comms.spi.TaskDelivery;
import dev.comms.spi.TaskTransport;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Tasks and events over Redis Streams: one server, Redis 6.2 to 7.x or Valkey. One instance serves
 * both verbs, or one of them.
 *
 * <p>Durability is that of one server: what it confirms is kept as its append-only file promises
 * ({@code appendfsync everysec} may lose the last second), and a failover to a replica may lose
 * confirmed messages and bring back settled ones. Attaching warns when {@code appendonly} is off or
 * {@code maxmemory-policy} is not {@code noeviction}. Event streams are never trimmed, so they
 * grow: give the server memory, or trim by hand what all groups have finished.
 *
 * <p>Events keep their order per key since one member of a group reads at a time, under a lease;
 * the lease protects reading and settling, not the effects of a handler that outlives it.
 *
 * <p>Safe for use by many threads.
 */
public final class RedisTransport implements TaskTransport, EventTransport {
  private final RedisConfig config;
  private final Topology topology;
  private final Session session;
  private final String member = UUID.randomUUID().toString().substring(0, 8);
  private final Set<RedisSubscription> subscriptions = ConcurrentHashMap.newKeySet();
  private final Object lock = new Object();
  private @Nullable CompletableFuture<Void> attached; // guarded by lock
  private volatile @Nullable Attached parts;

  private record Attached(Host host, Publisher publisher, EnvelopeMapper mapper) {}

  private RedisTransport(RedisConfig config) {
    this.config = config;
    this.topology = new Topology(config.namespace());
    this.session = new Session(config);
  }

  /**
   * First stage: where the server is, as in {@link RedisConfig}. There is no transport without its
   * limit.
   */
  public static Located at(String uri) {
    return new Located(RedisConfig.at(uri));
  }

  /** A transport of this configuration; no I/O happens before it is attached. */
  public static RedisTransport of(RedisConfig config) {
    return new RedisTransport(config);
  }

  /** A server without its limit is no transport yet. */
  public static final class Located {
    private final RedisConfig.Located located;

    private Located(RedisConfig.Located located) {
      this.located = located;
    }

    /**
     * Names how long the server may take to confirm a task or an event: 1 ms to 10 min.
     *
     * @throws Misconfigured if the limit or the URI is wrong
     */
    public RedisTransport confirmedWithin(Duration limit) {
      return of(located.confirmedWithin(limit));
    }
  }

  @Override
  public String system() {
    return "redis";
  }

  @Override
  public Set<Ability> abilities() {
    return Set.of(Ability.DEAD_EVENTS);
  }

  @Override
  public Duration confirmedWithin() {
    return config.confirmedWithin();
  }

  /** Connects; a second call, as when one instance serves both verbs, joins the first. */
  @Override
  public CompletableFuture<Void> attach(Host host) {
    synchronized (lock) {
      CompletableFuture<Void> before = attached;
      if (before != null) {
        return before.copy();
      }
      CompletableFuture<Void> now = new CompletableFuture<>();
      attached = now;
      parts =
          new Attached(
              host,
              new Publisher(session, host, config.inFlight()),
              new EnvelopeMapper(host.service()));
      session
          .connect(host)
          .whenCompleteAsync(
              (ok, failure) -> {
                if (failure == null) {
                  now.complete(null);
                } else {
                  now.completeExceptionally(Failures.root(failure));
                }
              },
              host.callbacks());
      return now.copy();
    }
  }

  @Override
  public CompletableFuture<Void> submit(
      Task<?> task, Envelope message, Order order, Deadline confirmBy) {
    return parts(task.name())
        .thenCompose(
            now -> {
              TaskKeys keys = topology.task(task.name());
              return now.publisher()
                  .send(
                      task.name(),
                      message.id(),
                      confirmBy,
                      () ->
                          order.after().toMillis() <= 0
                              ? session.commands().xadd(keys.work(), now.mapper().fields(message))
                              : TaskScripts.DELAY.run(
                                  session.commands(),
                                  List.of(keys.delayed(), keys.payloads()),
                                  Args.of(message.id(), order.after().toMillis())
                                      .and(now.mapper().fields(message))));
            });
  }

  @Override
  public CompletableFuture<Void> publish(Event<?> event, Envelope message, Deadline confirmBy) {
    String log = topology.log(event.name());
    return parts(event.name())
        .thenCompose(
            now ->
                now.publisher()
                    .send(
                        event.name(),
                        message.id(),
                        confirmBy,
                        () -> session.commands().xadd(log, now.mapper().fields(message))));
  }

  @Override
  public Subscription work(Task<?> task, int slots, Consumer<TaskDelivery> consumer) {
    Host host = host(task.name());
    Flow flow = new Flow(slots);
    return begin(
        host,
        flow,
        List.of(
            new TaskReader(
                session,
                host,
                flow,
                task.name(),
                topology.task(task.name()),
                name(host) + "-" + UUID.randomUUID().toString().substring(0, 8),
                config.lease(),
                consumer)));
  }

  @Override
  public Subscription subscribe(
      List<Event<?>> events, Subscriber subscriber, int slots, Consumer<Delivery> consumer) {
    Host host = host(subscriber.group());
    if (subscriber.start().isMoment()) {
      throw Ability.START_AT.refused(events.get(0).name(), system());
    }
    Flow flow = new Flow(slots);
    List<EventReader> readers = new ArrayList<>();
    for (Event<?> event : events) {
      readers.add(
          new EventReader(
              session,
              host,
              flow,
              event.name(),
              topology.event(event.name(), subscriber.group()),
              subscriber,
              name(host) + "-" + UUID.randomUUID().toString().substring(0, 8),
              config.lease(),
              consumer));
    }
    return begin(host, flow, readers);
  }

  @Override
  public DeadLetters deadTasks(Task<?> task) {
    TaskKeys keys = topology.task(task.name());
    return new RedisDeadLetters(session, host(task.name()), task.name(), keys.dead(), keys.work());
  }

  /** The dead letters of one group; a redriven one goes to that group alone. */
  @Override
  public DeadLetters deadEvents(Event<?> event, String group) {
    Topology.EventKeys keys = topology.event(event.name(), group);
    return new RedisDeadLetters(
        session, host(event.name()), event.name(), keys.dead(), keys.redriven());
  }

  @Override
  public Health health() {
    List<Health.Part> all = new ArrayList<>(List.of(session.part()));
    subscriptions.forEach(subscription -> all.addAll(subscription.health().parts()));
    return Health.of(all);
  }

  /** Consumers first: their handlers may still send. */
  @Override
  public CompletableFuture<Void> drain(Deadline deadline) {
    Attached now = parts;
    if (now == null) {
      return CompletableFuture.completedFuture(null);
    }
    CompletableFuture<?>[] consumers =
        subscriptions.stream().map(one -> one.drain(deadline)).toArray(CompletableFuture[]::new);
    CompletableFuture<Void> sent = new CompletableFuture<>();
    Time.Cancellable timer =
        now.host()
            .time()
            .schedule(
                deadline.remaining(),
                () -> now.host().callbacks().execute(() -> sent.complete(null)));
    return CompletableFuture.allOf(consumers)
        .thenCompose(
            drained -> {
              now.publisher()
                  .drain()
                  .whenCompleteAsync((ok, never) -> sent.complete(null), now.host().callbacks());
              return sent;
            })
        .whenComplete((ok, never) -> timer.cancel());
  }

  @Override
  public void close() {
    List.copyOf(subscriptions).forEach(RedisSubscription::close);
    Attached now = parts;
    if (now != null) {
      now.publisher().close();
    }
    session.close();
  }

  @Override
  public String toString() {
    return "redis at " + config.address() + ", namespace " + config.namespace();
  }

  private Subscription begin(Host host, Flow flow, List<? extends ConsumerLoop> readers) {
    List<RedisSubscription> self = new ArrayList<>();
    RedisSubscription made =
        new RedisSubscription(host, flow, readers, () -> subscriptions.removeAll(self));
    self.add(made);
    subscriptions.add(made);
    return made.start();
  }

  private String name(Host host) {
    return host.service() + "-" + member;
  }

  private Host host(String contract) {
    Attached now = parts;
    if (now == null) {
      throw unattached(contract);
    }
    return now.host();
  }

  private CompletableFuture<Attached> parts(String contract) {
    Attached now = parts;
    return now == null
        ? CompletableFuture.failedFuture(unattached(contract))
        : CompletableFuture.completedFuture(now);
  }

  private static Misconfigured unattached(String contract) {
    return new Misconfigured(contract, "this transport is not attached; start comms first");
  }
}
