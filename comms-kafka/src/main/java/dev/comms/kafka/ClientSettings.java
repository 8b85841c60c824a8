package dev.comms.kafka;

import dev.comms.kafka.KafkaConfig.Protocol;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.CooperativeStickyAssignor;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/** Our settings as those of Kafka's clients. */
final class ClientSettings {
  /** The longest that an answer about topics or groups is waited for. */
  static final Duration ADMIN_LIMIT = Duration.ofSeconds(9);

  private static final long LINGER_MILLIS = 5;
  private static final long MOST_BLOCK_MILLIS = 1_000;
  private static final long MOST_REQUEST_MILLIS = 30_000;
  private static final int DEFAULT_POLL_INTERVAL_MILLIS = 300_000;

  /** Two clients with one id would fight for one JMX name. */
  private static final AtomicLong CLIENTS = new AtomicLong();

  private final KafkaConfig config;
  private final String service;

  ClientSettings(KafkaConfig config, String service) {
    this.config = config;
    this.service = service;
  }

  Map<String, Object> admin() {
    Map<String, Object> all = common("admin", AdminClientConfig.configNames());
    all.put("default.api.timeout.ms", (int) ADMIN_LIMIT.toMillis());
    all.put("request.timeout.ms", (int) ADMIN_LIMIT.toMillis() / 2);
    return all;
  }

  /**
   * A caller is blocked for a quarter of the limit at most, and then only when metadata are
   * missing; the rest is for the delivery, so that the whole stays within the limit.
   * (delivery.timeout.ms counts from the return of send() and must be at least linger plus request
   * timeout.)
   */
  Map<String, Object> producer() {
    long limit = config.confirmedWithin().toMillis();
    long block = Math.min(MOST_BLOCK_MILLIS, limit / 4);
    long delivery = limit - block;
    Map<String, Object> all = common("producer", ProducerConfig.configNames());
    all.put("key.serializer", ByteArraySerializer.class.getName());
    all.put("value.serializer", ByteArraySerializer.class.getName());
    all.put("acks", "all");
    all.put("enable.idempotence", true);
    all.put("linger.ms", LINGER_MILLIS);
    all.put("max.block.ms", block);
    all.put("delivery.timeout.ms", (int) delivery);
    all.put(
        "request.timeout.ms", (int) Math.min(MOST_REQUEST_MILLIS, (delivery - LINGER_MILLIS) / 2));
    int largest = Math.max(EventSize.MOST_COPIED, mostPublished()) + EventSize.COPY_HEADERS;
    all.put("max.request.size", largest);
    all.put("buffer.memory", UnderWay.MOST_BYTES + largest);
    all.putIfAbsent("compression.type", "lz4");
    // Metadata of an idle topic would be forgotten after 5 min, and the next publish would block.
    all.putIfAbsent("metadata.max.idle.ms", Duration.ofDays(1).toMillis());
    return all;
  }

  /** The largest event that is published; the producer itself takes more, see {@link EventSize}. */
  int mostPublished() {
    String chosen = config.properties().get("max.request.size");
    return chosen == null ? EventSize.MOST_PUBLISHED : Integer.parseInt(chosen);
  }

  Map<String, Object> consumer(String group) {
    Map<String, Object> all = common("consumer", ConsumerConfig.configNames());
    all.put("key.deserializer", ByteArrayDeserializer.class.getName());
    all.put("value.deserializer", ByteArrayDeserializer.class.getName());
    all.put("group.id", group);
    all.put("enable.auto.commit", false);
    all.put("allow.auto.create.topics", false);
    // Where a new group starts is decided at its first assignment; this is for positions that the
    // broker has deleted, and skipping to the end would lose what is still there.
    all.put("auto.offset.reset", "earliest");
    all.put("isolation.level", "read_committed");
    if (config.protocol() == Protocol.CONSUMER) {
      all.put("group.protocol", "consumer");
    } else {
      all.put("group.protocol", "classic");
      all.put("partition.assignment.strategy", CooperativeStickyAssignor.class.getName());
    }
    return all;
  }

  /** How long a rebalance may wait for what is being handled. */
  Duration revokeWithin() {
    Duration chosen = config.revokeWithin();
    if (chosen != null) {
      return chosen;
    }
    String interval = config.properties().get("max.poll.interval.ms");
    int millis = interval == null ? DEFAULT_POLL_INTERVAL_MILLIS : Integer.parseInt(interval);
    return Duration.ofMillis(Math.min(10_000, millis / 2));
  }

  private Map<String, Object> common(String role, Set<String> known) {
    Map<String, Object> all = new HashMap<>();
    config
        .properties()
        .forEach(
            (name, value) -> {
              // A setting of another client's would be logged as unknown by this one.
              if (known.contains(name) || isNoClients(name)) {
                all.put(name, value);
              }
            });
    all.put("bootstrap.servers", config.servers());
    all.putIfAbsent("client.id", "comms-" + service + "-" + role + "-" + CLIENTS.incrementAndGet());
    all.putIfAbsent("enable.metrics.push", false);
    return all;
  }

  private static boolean isNoClients(String name) {
    return !ProducerConfig.configNames().contains(name)
        && !ConsumerConfig.configNames().contains(name)
        && !AdminClientConfig.configNames().contains(name);
  }
}
