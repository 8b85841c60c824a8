package dev.comms.shop.demo;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/** Reads a topic from its beginning to its present end, with nothing but Kafka's own client. */
final class KafkaTopic {
  private static final Duration LIMIT = Duration.ofSeconds(30);

  private KafkaTopic() {}

  /** Each event's id ({@code ce_id}) and the order that its body names. */
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
