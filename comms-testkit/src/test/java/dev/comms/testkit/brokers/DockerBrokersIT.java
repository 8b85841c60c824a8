package dev.comms.testkit.brokers;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.ConnectionFactory;
import java.net.URI;
import java.sql.DriverManager;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.testcontainers.DockerClientFactory;
import redis.clients.jedis.Jedis;

/**
 * Brokers out of images, on the engine of this machine. Needs one, and the images or the network:
 * {@code ./comms test --only testkit --docker}; without an engine it is red, not skipped.
 */
@Tag("docker")
class DockerBrokersIT {

  private static final Duration LIMIT = Duration.ofSeconds(30);

  private final Brokers brokers = new Brokers(System.getenv(), false);

  @AfterEach
  void end() {
    brokers.close();
    System.getProperties()
        .keySet()
        .removeAll(List.of("comms.kafka", "comms.redis", "comms.rabbit", "comms.postgres"));
  }

  @Test
  void redisKeepsItsDataOnDiskAndIsGoneWhenClosed() {
    Broker redis = start(DockerImage.REDIS, Brokers::redis);
    try (Jedis client = new Jedis(URI.create(redis.address()))) {
      assertThat(client.set("key", "value")).isEqualTo("OK");
      assertThat(client.configGet("appendonly")).containsExactly("appendonly", "yes");
      assertThat(client.configGet("maxmemory-policy")).contains("noeviction");
      assertThat(client.configGet("save")).containsExactly("save", "");
      assertThat(client.info("server")).contains("redis_version:" + redis.version());
    }
    assertGoneAfterClose(redis);
  }

  @Test
  void rabbitKeepsAConfirmedMessageAndIsPurgedByItsTool() throws Exception {
    RabbitBroker rabbit = start(DockerImage.RABBIT, Brokers::rabbit);
    assertThat(brokers.rabbitAvailable()).isTrue();
    ConnectionFactory factory = new ConnectionFactory();
    factory.setUri(rabbit.address());
    try (Connection connection = factory.newConnection("docker-brokers-it");
        Channel channel = connection.createChannel()) {
      assertThat(connection.getServerProperties().get("version")).hasToString(rabbit.version());
      channel.confirmSelect();
      channel.queueDeclare("q", true, false, false, Map.of("x-queue-type", "quorum"));
      channel.basicPublish("", "q", null, "body".getBytes(UTF_8));
      channel.waitForConfirmsOrDie(LIMIT.toMillis());
      await().until(() -> channel.messageCount("q"), count -> count == 1);
      assertThat(rabbit.ctl("list_queues", "name", "type")).contains("q\tquorum");
      rabbit.ctl("purge_queue", "q");
      await().until(() -> channel.messageCount("q"), count -> count == 0);
    }
    assertThatThrownBy(() -> rabbit.ctl("purge_queue", "none"))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("purge_queue, none");
    assertThat(rabbit.ctlCommand("purge_queue", "q"))
        .matches("docker -H \\S+ exec [0-9a-f]{64} rabbitmqctl purge_queue q");
    assertGoneAfterClose(rabbit);
  }

  /** Transactions, since a broker talks to itself by its advertised address for them. */
  @Test
  void kafkaCarriesATransactionThroughAGroup() throws Exception {
    Broker kafka = start(DockerImage.KAFKA, Brokers::kafka);
    Map<String, Object> servers = Map.of("bootstrap.servers", kafka.address());
    try (Admin admin = Admin.create(servers)) {
      admin.createTopics(List.of(new NewTopic("t", 1, (short) 1))).all().get(30, TimeUnit.SECONDS);
    }
    Map<String, Object> transactional =
        Map.of("bootstrap.servers", kafka.address(), ProducerConfig.TRANSACTIONAL_ID_CONFIG, "tx");
    try (var producer =
        new KafkaProducer<>(transactional, new StringSerializer(), new StringSerializer())) {
      producer.initTransactions();
      producer.beginTransaction();
      producer.send(new ProducerRecord<>("t", "key", "value"));
      producer.commitTransaction();
    }
    Map<String, Object> group =
        Map.of(
            "bootstrap.servers", kafka.address(),
            "group.id", "g",
            "group.protocol", "consumer",
            "isolation.level", "read_committed",
            "auto.offset.reset", "earliest");
    try (var consumer =
        new KafkaConsumer<>(group, new StringDeserializer(), new StringDeserializer())) {
      consumer.subscribe(List.of("t"));
      await()
          .atMost(LIMIT)
          .until(() -> consumer.poll(Duration.ofMillis(200)).count(), count -> count == 1);
    }
    assertGoneAfterClose(kafka);
  }

  @Test
  void postgresAnswersAndIsGoneWhenClosed() throws Exception {
    Broker postgres = start(DockerImage.POSTGRES, Brokers::postgres);
    try (var connection = DriverManager.getConnection(postgres.address());
        var statement = connection.createStatement()) {
      statement.execute("create table stock (product text primary key, units int)");
      assertThat(statement.executeUpdate("insert into stock values ('p', 1)")).isEqualTo(1);
    }
    assertGoneAfterClose(postgres);
  }

  private <B extends Broker> B start(DockerImage image, Function<Brokers, B> start) {
    System.setProperty(image.source(), "docker");
    B broker = start.apply(brokers);
    assertThat(broker.kind()).isEqualTo(image.kind());
    assertThat(broker.origin()).isEqualTo("docker " + image.image(System.getenv()));
    assertThat(broker.version()).matches("\\d+\\.\\d+.*");
    assertThat(broker.address()).contains("127.0.0.1:");
    assertThat(containers()).hasSize(1);
    return broker;
  }

  private void assertGoneAfterClose(Broker broker) {
    assertThat(Traces.answers(Traces.port(broker.address()))).isTrue();
    brokers.close();
    assertThat(containers()).isEmpty();
    assertThat(Traces.answers(Traces.port(broker.address()))).isFalse();
    assertThat(brokers.folder().root()).as("a folder").isNull();
  }

  /** Of this JVM, without the one that Testcontainers runs to end them after a kill. */
  private static List<String> containers() {
    return DockerClientFactory.instance()
        .client()
        .listContainersCmd()
        .withShowAll(true)
        .withLabelFilter(
            Map.of(
                DockerClientFactory.TESTCONTAINERS_SESSION_ID_LABEL,
                DockerClientFactory.SESSION_ID))
        .exec()
        .stream()
        .map(container -> container.getId() + " " + container.getImage())
        .filter(text -> !text.contains("ryuk"))
        .toList();
  }
}
