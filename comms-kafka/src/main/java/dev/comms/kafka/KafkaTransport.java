package dev.comms.kafka;

import dev.comms.contract.CommsException;
import dev.comms.contract.CommsException.Facts;
import dev.comms.contract.CommsException.Misconfigured;
import dev.comms.contract.CommsException.Unavailable;
import dev.comms.contract.Deadline;
import dev.comms.contract.Effect;
import dev.comms.contract.Event;
import dev.comms.contract.Fault;
import dev.comms.contract.Time;
import dev.comms.spi.Ability;
import dev.comms.spi.Delivery;
import dev.comms.spi.Envelope;
import dev.comms.spi.EventTransport;
import dev.comms.spi.Health;
import dev.comms.spi.Host;
import dev.comms.spi.Subscription;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Events over Kafka: kept, in order per key, delivered at least once to every group. Without the
 * limit of a confirm there is no transport:
 *
 * <pre>{@code
 * KafkaTransport.at("broker-1:9092,broker-2:9092").confirmedWithin(Duration.ofSeconds(5))
 * }</pre>
 *
 * <p>Topics are verified when they are first used: a subscription at its start, a publish at its
 * first event. Missing ones are refused, unless {@link #creatingTopics} was called. What is handled
 * is committed within half a second; after a crash the events since then are delivered again.
 *
 * <p>An event of more than 1,000,000 bytes of key, headers and body is refused as {@code Rejected};
 * the client property {@code max.request.size} sets another limit, and the topics' {@code
 * max.message.bytes} must then allow it. Foreign events may have 16 MiB, so that their dead letters
 * can be copied. An event whose dead letter the brokers refuse is held, its key waits, and the
 * group is DOWN with the reason until it was copied.
 *
 * <p>Thread-safe. No I/O before {@link #attach}.
 */
public final class KafkaTransport implements EventTransport {
  private final KafkaConfig config;
  private final AtomicBoolean attached = new AtomicBoolean();
  private final AtomicBoolean closed = new AtomicBoolean();
  private final Standing standing = new Standing(Time.system(), Health.State.STARTING);
  private volatile @Nullable Session session;

  private KafkaTransport(KafkaConfig config) {
    this.config = config;
  }

  /** First stage: the bootstrap servers, {@code host:port,host:port}. */
  public static At at(String servers) {
    return new At(servers);
  }

  /** With settings made elsewhere. */
  public static KafkaTransport of(KafkaConfig config) {
    return new KafkaTransport(config);
  }

  /** A transport that still lacks its limit, and therefore is none yet. */
  public static final class At {
    private final String servers;

    private At(String servers) {
      this.servers = servers;
    }

    /**
     * Names how long the broker's confirm of one event may take: 100 ms to 10 min.
     *
     * @throws Misconfigured naming everything that is wrong
     */
    public KafkaTransport confirmedWithin(Duration limit) {
      return of(KafkaConfig.at(servers).confirmedWithin(limit));
    }
  }

  /** The same transport, not attached, but creating missing topics with so many partitions. */
  public KafkaTransport creatingTopics(int partitions) {
    return of(config.creatingTopics(partitions));
  }

  /** The same transport, not attached, with this before every topic and group name. */
  public KafkaTransport prefix(String text) {
    return of(config.prefix(text));
  }

  @Override
  public String system() {
    return "kafka";
  }

  @Override
  public Duration confirmedWithin() {
    return config.confirmedWithin();
  }

  /** Fails as {@code Unavailable} within about ten seconds if no broker answers. */
  @Override
  public CompletableFuture<Void> attach(Host host) {
    if (!attached.compareAndSet(false, true)) {
      return CompletableFuture.failedFuture(
          new Misconfigured("kafka", "attached twice; make one transport for each Comms"));
    }
    return Session.open(config, host)
        .handle(
            (opened, failure) -> {
              if (failure != null) {
                CommsException why = CommsException.of("kafka", failure);
                standing.set(Health.State.DOWN, why.reason());
                throw why;
              }
              session = opened;
              if (closed.get()) {
                opened.close();
              }
              return null;
            });
  }

  @Override
  public CompletableFuture<Void> publish(Event<?> event, Envelope message, Deadline confirmBy) {
    Session current = session;
    if (current == null || closed.get()) {
      return CompletableFuture.failedFuture(notOpen(event.name()));
    }
    try {
      return current.publish(event, message, confirmBy.within(config.confirmedWithin()));
    } catch (CommsException refused) {
      return CompletableFuture.failedFuture(refused);
    }
  }

  /**
   * Blocks until the topics of these events, and those of the group's dead letters, were found, at
   * most 20 s.
   *
   * @throws Misconfigured naming the topics that are missing, and the fix
   * @throws Unavailable if no broker answers
   */
  @Override
  public Subscription subscribe(
      List<Event<?>> events, Subscriber subscriber, int slots, Consumer<Delivery> consumer) {
    Session current = session;
    if (current == null || closed.get()) {
      throw notOpen(subscriber.group());
    }
    if (subscriber.start().isMoment()) {
      throw Ability.START_AT.refused(events.get(0).name(), system());
    }
    if (slots < 1 || events.isEmpty()) {
      throw new Misconfigured(
          "kafka",
          "group "
              + subscriber.group()
              + " has "
              + slots
              + " slots and "
              + events.size()
              + " events; both must be at least 1");
    }
    return current.subscribe(events, subscriber, slots, consumer);
  }

  @Override
  public Health health() {
    Session current = session;
    if (current == null) {
      Standing.Now now = standing.now();
      Map<String, String> facts = now.why().isEmpty() ? Map.of() : Map.of("lastError", now.why());
      return Health.of(
          List.of(new Health.Part("kafka", now.state(), now.since(), facts).because(now.why())));
    }
    List<Health.Part> parts = new ArrayList<>();
    parts.add(current.publisher().health());
    current.subscriptions().forEach(one -> parts.addAll(one.health().parts()));
    return Health.of(parts);
  }

  @Override
  public CompletableFuture<Void> drain(Deadline deadline) {
    Session current = session;
    return current == null || closed.get()
        ? CompletableFuture.completedFuture(null)
        : current.drain(deadline);
  }

  /** Takes at most about 20 s, and then only when the brokers do not answer. */
  @Override
  public void close() {
    Session current = session;
    if (closed.compareAndSet(false, true) && current != null) {
      current.close();
    }
  }

  private CommsException notOpen(String part) {
    return new Unavailable(
        Facts.of(part)
            .effect(Effect.NONE)
            .fault(Fault.LOCAL)
            .message(
                closed.get()
                    ? "the Kafka transport is closed"
                    : "the Kafka transport is not attached; call start() first"));
  }

  @Override
  public String toString() {
    return config.toString();
  }
}
