package dev.comms.rabbit;

import dev.comms.contract.CommsException;
import dev.comms.contract.Deadline;
import dev.comms.contract.Task;
import dev.comms.spi.DeadLetters;
import dev.comms.spi.Envelope;
import dev.comms.spi.Gauges;
import dev.comms.spi.Health;
import dev.comms.spi.Host;
import dev.comms.spi.Order;
import dev.comms.spi.Subscription;
import dev.comms.spi.TaskDelivery;
import dev.comms.spi.TaskTransport;
import io.micrometer.core.instrument.Tags;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Tasks over RabbitMQ 3.10 to 4.x: quorum queues, mandatory and confirmed messages, delays and
 * retries by time-to-live queues without a plugin. Thread-safe; does no I/O before it is attached.
 *
 * <p>A delay is exact to the second, rounded up, and at most 18 h 12 min 15 s. A retry waits at
 * least 1 s, and its wait is rounded up to the two highest bits of its seconds.
 */
public final class RabbitTransport implements TaskTransport {
  static final String SYSTEM = "rabbitmq";
  private static final int MOST_SLOTS = 65_535;

  /** The broker's default {@code consumer_timeout}: then it ends the channel of a delivery. */
  private static final Duration CONSUMER_TIMEOUT = Duration.ofMinutes(30);

  private final RabbitConfig config;
  private final Topology topology;
  private final List<ConsumerLoop> consumers = new CopyOnWriteArrayList<>();
  private volatile @Nullable Gauges gauges;
  private final ThreadPoolExecutor workers;

  private volatile @Nullable Attached attached;
  private volatile boolean refusing;
  private volatile boolean closed;

  private RabbitTransport(RabbitConfig config) {
    this.config = config;
    this.topology = new Topology(config.namespace());
    this.workers =
        new ThreadPoolExecutor(
            4,
            4,
            10,
            TimeUnit.SECONDS,
            new LinkedBlockingQueue<>(256),
            Threads.numbered("comms-rabbit-dead-letters"));
    workers.allowCoreThreadTimeOut(true);
  }

  /** First stage: the address, as {@code amqp://user:password@host:port/vhost}. */
  public static At at(String uri) {
    return new At(uri);
  }

  /** A transport with all its settings. */
  public static RabbitTransport of(RabbitConfig config) {
    return new RabbitTransport(config);
  }

  /** An address that still lacks its limit, and therefore is no transport yet. */
  public static final class At {
    private final String uri;

    private At(String uri) {
      this.uri = uri;
    }

    /**
     * Names how long the broker's confirm may take: more than 0, at most 10 min.
     *
     * @throws CommsException.Misconfigured if the URI or the limit is wrong
     */
    public RabbitTransport confirmedWithin(Duration limit) {
      return of(RabbitConfig.at(uri).confirmedWithin(limit));
    }
  }

  @Override
  public String system() {
    return SYSTEM;
  }

  @Override
  public Duration confirmedWithin() {
    return config.confirmedWithin();
  }

  @Override
  public CompletableFuture<Void> attach(Host host) {
    Session publishing = new Session(config, host, "publish");
    Session consuming = new Session(config, host, "consume");
    Publisher publisher = new Publisher(publishing, topology, config, host);
    attached = new Attached(config, topology, host, publishing, consuming, publisher, new Losses());
    Tags tags = Tags.of("namespace", config.namespace());
    gauges =
        new Gauges(host.meters())
            .sum("comms.rabbitmq.unconfirmed", "sent, not confirmed yet", tags, publisher::pending)
            .sum(
                "comms.rabbitmq.publish.connected",
                "connections to publish that are up",
                tags,
                () -> publishing.isUp() ? 1 : 0)
            .sum(
                "comms.rabbitmq.consume.connected",
                "connections to consume that are up",
                tags,
                () -> consuming.isUp() ? 1 : 0);
    if (closed) {
      return CompletableFuture.failedFuture(unusable("rabbitmq"));
    }
    return publishing
        .start()
        .thenCompose(up -> CompletableFuture.allOf(consuming.start(), publisher.start()))
        .handleAsync(
            (up, failure) -> {
              if (failure != null) {
                close();
                throw CommsException.of("rabbitmq", failure);
              }
              return null;
            },
            host.callbacks());
  }

  @Override
  public CompletableFuture<Void> submit(
      Task<?> task, Envelope message, Order order, Deadline confirmBy) {
    Attached at = attached;
    if (at == null || closed || refusing) {
      return CompletableFuture.failedFuture(unusable(task.name()));
    }
    try {
      long seconds = Delays.exact(task.name(), order.after());
      Outgoing outgoing =
          new Outgoing(
              task,
              topology.target(task.name(), seconds),
              EnvelopeMapper.fresh(message),
              message.body(),
              confirmBy);
      return at.publisher().publish(outgoing);
    } catch (CommsException refused) {
      return CompletableFuture.failedFuture(refused);
    }
  }

  /**
   * {@inheritDoc}
   *
   * <p>Waits until the first subscription has been tried.
   *
   * @throws CommsException.Misconfigured if the queue cannot be declared, a retry of the task would
   *     wait longer than the delay levels carry, or an attempt may last 30 min or more, after which
   *     the broker takes the task back from who still handles it
   */
  @Override
  public Subscription work(Task<?> task, int slots, Consumer<TaskDelivery> consumer) {
    check(task, slots);
    Attached at = usable(task.name());
    ConsumerLoop loop = new ConsumerLoop(task, slots, consumer, at);
    consumers.removeIf(ConsumerLoop::isOver);
    consumers.add(loop);
    if (closed) {
      loop.close();
      throw unusable(task.name());
    }
    return loop.start();
  }

  private static void check(Task<?> task, int slots) {
    if (slots < 1 || slots > MOST_SLOTS) {
      throw new CommsException.Misconfigured(
          task.name(), "slots is " + slots + " but must be 1 to " + MOST_SLOTS);
    }
    Delays.exact(task.name(), task.backoff().most());
    if (task.eachAttemptWithin().compareTo(CONSUMER_TIMEOUT) >= 0) {
      throw new CommsException.Misconfigured(
          task.name(),
          "eachAttemptWithin is "
              + task.eachAttemptWithin()
              + " but must be less than "
              + CONSUMER_TIMEOUT
              + ", when the broker takes an unsettled task back; make its attempts shorter");
    }
  }

  @Override
  public DeadLetters deadTasks(Task<?> task) {
    return new RabbitDeadLetters(task, () -> usable(task.name()), workers);
  }

  @Override
  public Health health() {
    Attached at = attached;
    if (at == null) {
      Health.State state = closed ? Health.State.DOWN : Health.State.STARTING;
      return Health.of(
          List.of(new Health.Part("publish connection", state, Instant.EPOCH, Map.of())));
    }
    List<Health.Part> parts = new ArrayList<>();
    parts.add(at.publishing().health());
    parts.add(at.consuming().health());
    for (ConsumerLoop each : consumers) {
      if (!each.isOver()) {
        parts.addAll(each.health().parts());
      }
    }
    return Health.of(parts);
  }

  /** Consumers first: what they still handle may submit. */
  @Override
  public CompletableFuture<Void> drain(Deadline deadline) {
    Attached at = attached;
    if (at == null) {
      refusing = true;
      return CompletableFuture.completedFuture(null);
    }
    CompletableFuture<?>[] ends =
        consumers.stream().map(each -> each.drain(deadline)).toArray(CompletableFuture[]::new);
    return CompletableFuture.allOf(ends)
        .thenCompose(
            none -> {
              refusing = true;
              return at.publisher().idle(deadline);
            });
  }

  @Override
  public synchronized void close() {
    if (closed) {
      return;
    }
    closed = true;
    consumers.forEach(ConsumerLoop::close);
    for (Runnable queued : workers.shutdownNow()) {
      if (queued instanceof RabbitDeadLetters.Job<?> job) {
        job.abandon();
      }
    }
    Attached at = attached;
    if (at != null) {
      at.publisher().stop();
      at.publishing().close();
      at.consuming().close();
      at.publisher().close();
      Gauges ours = gauges;
      if (ours != null) {
        ours.close();
      }
    }
  }

  @Override
  public String toString() {
    return config.toString();
  }

  private Attached usable(String contract) {
    Attached at = attached;
    if (at == null || closed) {
      throw unusable(contract);
    }
    return at;
  }

  private CommsException unusable(String contract) {
    String why = attached == null ? "is not attached; start comms first" : "is closed or draining";
    return Failures.unavailable(contract, "the transport " + config.shownUri() + " " + why, null);
  }
}
