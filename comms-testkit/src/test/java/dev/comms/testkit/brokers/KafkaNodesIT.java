package dev.comms.testkit.brokers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.Node;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("own-brokers")
class KafkaNodesIT {

  private final Brokers brokers = Brokers.open(Map.of("PATH", System.getenv("PATH")));

  @AfterEach
  void endWhatTheTestLeft() {
    brokers.close();
  }

  @Test
  void oneNodeTellsClientsTheProxysPort() throws Exception {
    int proxy = Ports.free();
    BrokerNodes set = brokers.kafkaNodes(KafkaNodes.of(1).advertising(List.of(proxy)));
    BrokerNode node = set.nodes().get(0);
    assertThat(set.version()).startsWith("4.");
    assertThat(set.address()).isEqualTo(node.address()).isEqualTo("127.0.0.1:" + proxy);
    assertThat(node.port()).isNotEqualTo(proxy);
    try (Admin admin = admin("127.0.0.1:" + node.port())) {
      // the first answer comes from the node itself, and leads to the proxy, where nobody is
      assertThat(admin.describeCluster().nodes())
          .failsWithin(Duration.ofSeconds(20))
          .withThrowableThat()
          .withMessageContaining("imeout");
    }
  }

  @Test
  void threeNodesServeWithoutOneAndItComesBack() throws Exception {
    BrokerNodes set = brokers.kafkaNodes(3);
    assertThat(set.address().split(",")).hasSize(3);
    create(set.address(), "t", 3);
    send(set.address(), "t", "one");

    set.nodes().get(2).kill();
    send(set.address(), "t", "two");
    set.start();
    send(set.address(), "t", "three");
    assertThat(read(set.address(), "t", 3)).containsExactly("one", "two", "three");
  }

  private static Admin admin(String servers) {
    return Admin.create(
        Map.of(
            "bootstrap.servers",
            servers,
            "request.timeout.ms",
            4_000,
            "default.api.timeout.ms",
            4_000));
  }

  private static void create(String servers, String topic, int copies) throws Exception {
    try (Admin admin = Admin.create(Map.of("bootstrap.servers", servers))) {
      List<NewTopic> wanted = List.of(new NewTopic(topic, 1, (short) copies));
      admin.createTopics(wanted).all().get(60, TimeUnit.SECONDS);
      List<Node> nodes = List.copyOf(admin.describeCluster().nodes().get(60, TimeUnit.SECONDS));
      assertThat(nodes).hasSize(copies);
    }
  }

  private static void send(String servers, String topic, String value) throws Exception {
    Map<String, Object> settings = Map.of("bootstrap.servers", servers, "acks", "all");
    try (var producer =
        new KafkaProducer<>(settings, new StringSerializer(), new StringSerializer())) {
      producer.send(new ProducerRecord<>(topic, "key", value)).get(90, TimeUnit.SECONDS);
    }
  }

  private static List<String> read(String servers, String topic, int count) {
    Map<String, Object> settings =
        Map.of(
            "bootstrap.servers",
            servers,
            "group.id",
            UUID.randomUUID().toString(),
            "group.protocol",
            "consumer",
            "auto.offset.reset",
            "earliest");
    try (var consumer =
        new KafkaConsumer<>(settings, new StringDeserializer(), new StringDeserializer())) {
      consumer.subscribe(List.of(topic));
      List<String> values = new ArrayList<>();
      await()
          .atMost(Duration.ofSeconds(90))
          .until(
              () -> {
                consumer.poll(Duration.ofMillis(200)).forEach(record -> values.add(record.value()));
                return values.size();
              },
              read -> read == count);
      return values;
    }
  }
}
