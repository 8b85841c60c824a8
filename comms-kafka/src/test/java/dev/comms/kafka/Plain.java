package dev.comms.kafka;

import static org.awaitility.Awaitility.await;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/** Programs that know nothing of comms. */
final class Plain {
  private Plain() {}

  static void produce(String topic, int partition, String... bodies) throws Exception {
    Map<String, Object> settings = Map.of("bootstrap.servers", Rig.servers());
    try (KafkaProducer<byte[], byte[]> producer =
        new KafkaProducer<>(settings, new ByteArraySerializer(), new ByteArraySerializer())) {
      for (String body : bodies) {
        byte[] value = body.getBytes(StandardCharsets.UTF_8);
        producer
            .send(new ProducerRecord<>(topic, partition, null, value))
            .get(20, TimeUnit.SECONDS);
      }
    }
  }

  /** Of a producer that was allowed more; compressed, so that the broker takes it. */
  static void produceLarge(String topic, String body) throws Exception {
    Map<String, Object> settings =
        Map.of(
            "bootstrap.servers",
            Rig.servers(),
            "compression.type",
            "lz4",
            "max.request.size",
            8_000_000);
    try (KafkaProducer<byte[], byte[]> producer =
        new KafkaProducer<>(settings, new ByteArraySerializer(), new ByteArraySerializer())) {
      producer
          .send(new ProducerRecord<>(topic, 0, null, body.getBytes(StandardCharsets.UTF_8)))
          .get(20, TimeUnit.SECONDS);
    }
  }

  static void create(String topic, int partitions) throws Exception {
    try (Admin admin = Admin.create(Map.of("bootstrap.servers", Rig.servers()))) {
      admin
          .createTopics(List.of(new NewTopic(topic, Optional.of(partitions), Optional.empty())))
          .all()
          .get(20, TimeUnit.SECONDS);
    }
  }

  /** Sets the largest batch that a topic takes. */
  static void allow(String topic, int bytes) throws Exception {
    ConfigEntry entry = new ConfigEntry("max.message.bytes", String.valueOf(bytes));
    try (Admin admin = Admin.create(Map.of("bootstrap.servers", Rig.servers()))) {
      admin
          .incrementalAlterConfigs(
              Map.of(
                  new ConfigResource(ConfigResource.Type.TOPIC, topic),
                  List.of(new AlterConfigOp(entry, AlterConfigOp.OpType.SET))))
          .all()
          .get(20, TimeUnit.SECONDS);
    }
  }

  static void delete(String topic) throws Exception {
    try (Admin admin = Admin.create(Map.of("bootstrap.servers", Rig.servers()))) {
      admin.deleteTopics(List.of(topic)).all().get(20, TimeUnit.SECONDS);
      await()
          .atMost(Rig.LONG)
          .until(() -> !admin.listTopics().names().get(20, TimeUnit.SECONDS).contains(topic));
    }
  }

  /** So many records of a topic, from its beginning. */
  static List<ConsumerRecord<byte[], byte[]>> consume(String topic, int count) {
    Map<String, Object> settings =
        Map.of("bootstrap.servers", Rig.servers(), "auto.offset.reset", "earliest");
    try (KafkaConsumer<byte[], byte[]> consumer =
        new KafkaConsumer<>(settings, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
      consumer.assign(
          consumer.partitionsFor(topic).stream()
              .map(one -> new TopicPartition(topic, one.partition()))
              .toList());
      List<ConsumerRecord<byte[], byte[]>> all = new ArrayList<>();
      await()
          .atMost(Rig.LONG)
          .pollInSameThread()
          .until(
              () -> {
                consumer.poll(Duration.ofMillis(200)).forEach(all::add);
                return all.size() >= count;
              });
      return all;
    }
  }

  static String header(ConsumerRecord<byte[], byte[]> event, String name) {
    return new String(event.headers().lastHeader(name).value(), StandardCharsets.UTF_8);
  }
}
