package dev.comms.testkit.brokers;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.ConnectionFactory;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.sql.DriverManager;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import redis.clients.jedis.Jedis;

@Tag("own-brokers")
class BrokersIT {

  /** Empty but for the path: what the developer's environment names is not under test here. */
  private static final Map<String, String> PATH = Map.of("PATH", System.getenv("PATH"));

  private final Brokers brokers = new Brokers(PATH, false);

  @AfterEach
  void endWhatAFailedTestLeft() {
    brokers.close();
  }

  @Test
  void kafkaCarriesARecordThroughAGroupAndIsGoneWhenClosed() throws Exception {
    Broker kafka = brokers.kafka();
    assertThat(kafka.kind()).isEqualTo("kafka");
    assertThat(kafka.origin()).isEqualTo("embedded");
    assertThat(kafka.version()).isEqualTo(jarVersion()).startsWith("4.");
    assertThat(brokers.kafka()).isSameAs(kafka);
    Map<String, Object> servers = Map.of("bootstrap.servers", kafka.address());
    try (Admin admin = Admin.create(servers)) {
      admin.createTopics(List.of(new NewTopic("t", 1, (short) 1))).all().get(30, TimeUnit.SECONDS);
    }
    try (var producer =
        new KafkaProducer<>(servers, new StringSerializer(), new StringSerializer())) {
      producer.send(new ProducerRecord<>("t", "key", "value")).get(30, TimeUnit.SECONDS);
    }
    Map<String, Object> group =
        Map.of(
            "bootstrap.servers",
            kafka.address(),
            "group.id",
            "g",
            "group.protocol",
            "consumer",
            "auto.offset.reset",
            "earliest");
    try (var consumer =
        new KafkaConsumer<>(group, new StringDeserializer(), new StringDeserializer())) {
      consumer.subscribe(List.of("t"));
      await()
          .atMost(Duration.ofSeconds(30))
          .until(() -> consumer.poll(Duration.ofMillis(200)).count(), count -> count == 1);
    }
    assertGoneAfterClose(kafka);
  }

  private static String jarVersion() throws IOException {
    Properties properties = new Properties();
    try (InputStream file = Admin.class.getResourceAsStream("/kafka/kafka-version.properties")) {
      properties.load(file);
    }
    return properties.getProperty("version");
  }

  @Test
  void embeddedRedisKeepsItsDataOnDiskAndIsGoneWhenClosed() {
    Broker redis = brokers.redis();
    assertThat(redis.version()).startsWith("6.2.");
    assertThat(redis.origin()).isEqualTo("embedded");
    assertRedisWorks(redis);
    assertGoneAfterClose(redis);
  }

  @Test
  void anInstalledRedisIsTakenWhenToldSo() {
    System.setProperty("comms.redis", "installed");
    try {
      Broker redis = brokers.redis();
      assertThat(redis.origin()).isEqualTo("installed");
      assertThat(redis.version()).matches("\\d+\\.\\d+\\.\\d+");
      assertRedisWorks(redis);
      assertGoneAfterClose(redis);
    } finally {
      System.clearProperty("comms.redis");
    }
  }

  private static void assertRedisWorks(Broker redis) {
    try (Jedis client = new Jedis(URI.create(redis.address()))) {
      assertThat(client.set("key", "value")).isEqualTo("OK");
      assertThat(client.configGet("appendonly")).containsExactly("appendonly", "yes");
      assertThat(client.configGet("maxmemory-policy")).contains("noeviction");
      assertThat(client.configGet("save")).containsExactly("save", "");
    }
  }

  @Test
  void postgresAnswersAndIsGoneWhenClosed() throws Exception {
    Broker postgres = brokers.postgres();
    assertThat(postgres.kind()).isEqualTo("postgresql");
    assertThat(postgres.version()).matches("\\d+\\.\\d+");
    try (var connection = DriverManager.getConnection(postgres.address());
        var statement = connection.createStatement()) {
      statement.execute("create table stock (product text primary key, units int)");
      assertThat(statement.executeUpdate("insert into stock values ('p', 1)")).isEqualTo(1);
    }
    assertGoneAfterClose(postgres);
  }

  @Test
  void theEndOfOneServerLeavesAnotherSetsAlone() throws Exception {
    Brokers other = new Brokers(PATH, false);
    try {
      Traces first = Traces.of(brokers, brokers.postgres());
      Broker second = other.postgres();
      brokers.close();
      first.assertGone();
      try (var connection = DriverManager.getConnection(second.address())) {
        assertThat(connection.isValid(10)).isTrue();
      }
    } finally {
      other.close();
    }
  }

  @Test
  void aPrivateRabbitNodeKeepsAConfirmedMessageAndIsPurgedByItsTool() throws Exception {
    assertThat(brokers.rabbitAvailable()).isTrue();
    RabbitBroker rabbit = brokers.rabbit();
    assertThat(rabbit.origin()).isEqualTo("private node");
    ConnectionFactory factory = new ConnectionFactory();
    factory.setUri(rabbit.address());
    try (Connection connection = factory.newConnection("brokers-it");
        Channel channel = connection.createChannel()) {
      assertThat(connection.getServerProperties().get("version")).hasToString(rabbit.version());
      channel.confirmSelect();
      channel.queueDeclare("q", true, false, false, Map.of("x-queue-type", "quorum"));
      channel.basicPublish("", "q", null, "body".getBytes(UTF_8));
      channel.waitForConfirmsOrDie(30_000);
      await().until(() -> channel.messageCount("q"), count -> count == 1);
      assertThat(rabbit.ctl("list_queues", "name", "type")).contains("q\tquorum");
      rabbit.ctl("purge_queue", "q");
      await().until(() -> channel.messageCount("q"), count -> count == 0);
    }
    assertThatThrownBy(() -> rabbit.ctl("purge_queue", "none"))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("purge_queue, none");
    assertGoneAfterClose(rabbit);
  }

  @Test
  void allAreEndedInBoundedTime() {
    Broker[] all = {brokers.kafka(), brokers.redis(), brokers.rabbit(), brokers.postgres()};
    Traces traces = Traces.of(brokers, all);
    assertThat(traces.processes()).hasSizeGreaterThanOrEqualTo(4);
    long start = System.nanoTime();
    brokers.close();
    assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(20));
    traces.assertGone();
  }

  private void assertGoneAfterClose(Broker broker) {
    Traces traces = Traces.of(brokers, broker);
    assertThat(traces.ports()).allMatch(Traces::answers);
    brokers.close();
    traces.assertGone();
  }
}
