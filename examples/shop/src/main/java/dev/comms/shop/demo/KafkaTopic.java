package dev.comms.shop.demo;

import dev.comms.shop.services.Analytics;
import dev.comms.shop.services.Recommendations;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.GroupIdNotFoundException;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/** Reads and deletes topics, with nothing but Kafka's own client. */
final class KafkaTopic {
  private static final Duration LIMIT = Duration.ofSeconds(30);

  private KafkaTopic() {}

  /**
   * Reads a topic from its beginning to its present end: each event's id ({@code ce_id}) and the
   * order that its body names.
   */
  static Map<String, String> read(String servers, String topic) {
    Map<String, Object> settings =
        Map.of(
            "bootstrap.servers",
            servers,
            "enable.auto.commit",
            "false",
            "isolation.level",
            "read_committed",
            "default.api.timeout.ms",
            (int) LIMIT.toMillis());
    Map<String, String> events = new HashMap<>();
    try (KafkaConsumer<byte[], byte[]> consumer =
        new KafkaConsumer<>(settings, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
      List<TopicPartition> partitions =
          consumer.partitionsFor(topic).stream()
              .map(part -> new TopicPartition(topic, part.partition()))
              .toList();
      consumer.assign(partitions);
      consumer.seekToBeginning(partitions);
      Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
      long until = System.nanoTime() + LIMIT.toNanos();
      while (!reached(consumer, ends)) {
        if (System.nanoTime() > until) {
          throw new IllegalStateException(
              "topic " + topic + " was not read to its end within " + LIMIT);
        }
        consumer.poll(Duration.ofMillis(200)).forEach(event -> add(events, event));
      }
    }
    return events;
  }

  /** Deletes the topics that begin so, and the groups of the shop that do. */
  static void delete(String servers, String prefix, Duration limit)
      throws ExecutionException, InterruptedException, TimeoutException {
    int millis = (int) limit.toMillis();
    Map<String, Object> settings =
        Map.of(
            "bootstrap.servers",
            servers,
            "default.api.timeout.ms",
            millis,
            "request.timeout.ms",
            millis);
    try (Admin admin = Admin.create(settings)) {
      Set<String> all = admin.listTopics().names().get(millis, TimeUnit.MILLISECONDS);
      List<String> ours = all.stream().filter(topic -> topic.startsWith(prefix)).toList();
      admin.deleteTopics(ours).all().get(millis, TimeUnit.MILLISECONDS);
      for (String group : List.of(Analytics.GROUP, Recommendations.GROUP)) {
        delete(admin, prefix + group, millis);
      }
    }
  }

  private static void delete(Admin admin, String group, int millis)
      throws ExecutionException, InterruptedException, TimeoutException {
    try {
      admin.deleteConsumerGroups(List.of(group)).all().get(millis, TimeUnit.MILLISECONDS);
    } catch (ExecutionException failure) {
      if (!(failure.getCause() instanceof GroupIdNotFoundException)) {
        throw failure;
      }
    }
  }

  private static boolean reached(
      KafkaConsumer<byte[], byte[]> consumer, Map<TopicPartition, Long> ends) {
    return ends.entrySet().stream()
        .allMatch(end -> consumer.position(end.getKey()) >= end.getValue());
  }

  private static void add(Map<String, String> events, ConsumerRecord<byte[], byte[]> event) {
    Header id = event.headers().lastHeader("ce_id");
    if (id != null && event.value() != null) {
      events.put(new String(id.value(), StandardCharsets.UTF_8), Bodies.orderOf(event.value()));
    }
  }
}
