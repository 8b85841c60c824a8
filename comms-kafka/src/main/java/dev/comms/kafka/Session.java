package dev.comms.kafka;

import dev.comms.contract.CommsException.Facts;
import dev.comms.contract.CommsException.Unavailable;
import dev.comms.contract.Deadline;
import dev.comms.contract.Effect;
import dev.comms.contract.Event;
import dev.comms.contract.Fault;
import dev.comms.spi.Delivery;
import dev.comms.spi.Envelope;
import dev.comms.spi.EventTransport.Start;
import dev.comms.spi.EventTransport.Subscriber;
import dev.comms.spi.Host;
import dev.comms.spi.Subscription;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;

/**
 * What exists between attach and close: the clients, which keep their own connections, and the
 * subscriptions. Thread-safe.
 */
final class Session implements AutoCloseable {
  private static final Duration SUBSCRIBE_LIMIT = Duration.ofSeconds(20);
  private static final Duration CLOSE_LIMIT = Duration.ofSeconds(3);

  private final KafkaConfig config;
  private final Host host;
  private final ClientSettings settings;
  private final Names names;
  private final Setup setup;
  private final Admin admin;
  private final Topology topology;
  private final Publisher publisher;
  private final EnvelopeMapper mapper;
  private final List<KafkaSubscription> subscriptions = new CopyOnWriteArrayList<>();

  /** One per topic; as bounded as the number of declared events and groups. */
  private final Map<String, Gate> gates = new ConcurrentHashMap<>();

  private Session(
      KafkaConfig config, Host host, Setup setup, ClientSettings settings, Admin admin) {
    this.config = config;
    this.host = host;
    this.settings = settings;
    this.setup = setup;
    this.admin = admin;
    this.names = new Names(config.prefix());
    this.topology = new Topology(config, admin, host.time());
    this.publisher = new Publisher(new KafkaProducer<>(settings.producer()), host);
    this.mapper = new EnvelopeMapper(host.service());
  }

  /** Connects; fails within about ten seconds if no broker answers. */
  static CompletableFuture<Session> open(KafkaConfig config, Host host) {
    Setup setup = new Setup(config.servers());
    return setup
        .run(() -> connect(config, host, setup))
        .whenComplete(
            (session, failure) -> {
              if (failure != null) {
                setup.close();
              }
            });
  }

  private static Session connect(KafkaConfig config, Host host, Setup setup) {
    ClientSettings settings = new ClientSettings(config, host.service());
    Admin admin = Admin.create(settings.admin());
    boolean connected = false;
    try {
      new Topology(config, admin, host.time()).cluster();
      Session session = new Session(config, host, setup, settings, admin);
      connected = true;
      return session;
    } finally {
      if (!connected) {
        admin.close(Duration.ZERO);
      }
    }
  }

  CompletableFuture<Void> publish(Event<?> event, Envelope message, Deadline confirmBy) {
    String topic = names.topic(event.name());
    ProducerRecord<byte[], byte[]> made = mapper.toRecord(topic, message);
    EventSize.check(event.name(), message.id(), made, settings.mostPublished());
    return publisher.publish(event.name(), message.id(), made, confirmBy, gate(topic));
  }

  /** Blocks until the topics were verified, at most {@link #SUBSCRIBE_LIMIT}. */
  Subscription subscribe(
      List<Event<?>> events, Subscriber subscriber, int slots, Consumer<Delivery> consumer) {
    Map<String, Event<?>> byTopic = new HashMap<>();
    List<String> needed = new ArrayList<>();
    String group = names.group(subscriber.group());
    for (Event<?> event : events) {
      String topic = names.topic(event.name());
      byTopic.put(topic, event);
      needed.add(topic);
      needed.add(names.deadLetters(topic, subscriber.group()));
    }
    CompletableFuture<Map<TopicPartition, Long>> ready =
        setup.run(
            () -> {
              topology.ensure(needed);
              return subscriber.start().equals(Start.LATEST)
                  ? topology.ends(group, byTopic.keySet())
                  : Map.of();
            });
    Map<TopicPartition, Long> ends =
        host.time().await(ready, "kafka", Deadline.after(host.time(), SUBSCRIBE_LIMIT));
    KafkaSubscription made =
        new KafkaSubscription(this, subscriber.group(), Map.copyOf(byTopic), ends, slots, consumer);
    subscriptions.add(made);
    made.start();
    return made;
  }

  /** What keeps records from a topic until it was found. */
  Gate gate(String topic) {
    return gates.computeIfAbsent(topic, name -> new Gate(() -> search(name)));
  }

  private CompletableFuture<Void> search(String topic) {
    return setup.run(
        () -> {
          topology.ensure(List.of(topic));
          // Warms the producer's metadata here, since a send without them blocks its caller.
          Deadline deadline = Deadline.after(host.time(), ClientSettings.ADMIN_LIMIT);
          while (!publisher.knows(topic)) {
            if (deadline.expired()) {
              throw new Unavailable(
                  Facts.of("kafka")
                      .effect(Effect.NONE)
                      .fault(Fault.NETWORK)
                      .message("no leader known for topic " + topic + "; look at the brokers"));
            }
          }
          return null;
        });
  }

  void forget(KafkaSubscription subscription) {
    subscriptions.remove(subscription);
  }

  /** The consumers first: their handlers may publish until they are done. */
  CompletableFuture<Void> drain(Deadline deadline) {
    CompletableFuture<?>[] consuming =
        subscriptions.stream().map(one -> one.drain(deadline)).toArray(CompletableFuture<?>[]::new);
    return CompletableFuture.allOf(consuming).thenCompose(done -> publisher.drain(deadline));
  }

  @Override
  public void close() {
    subscriptions.forEach(KafkaSubscription::stop);
    subscriptions.forEach(KafkaSubscription::close);
    setup.close();
    publisher.close(CLOSE_LIMIT);
    admin.close(CLOSE_LIMIT);
  }

  List<KafkaSubscription> subscriptions() {
    return subscriptions;
  }

  KafkaConfig config() {
    return config;
  }

  Host host() {
    return host;
  }

  ClientSettings settings() {
    return settings;
  }

  Names names() {
    return names;
  }

  Publisher publisher() {
    return publisher;
  }
}
