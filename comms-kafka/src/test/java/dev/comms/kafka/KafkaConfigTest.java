package dev.comms.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.comms.contract.CommsException.Misconfigured;
import dev.comms.kafka.KafkaConfig.Protocol;
import dev.comms.kafka.KafkaConfig.Topics;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class KafkaConfigTest {
  private static final Duration LIMIT = Duration.ofSeconds(5);

  @Test
  void missingTopicsAreRefusedUnlessTold() {
    KafkaConfig config = KafkaConfig.at("a:1,[::1]:2").confirmedWithin(LIMIT);

    assertThat(config.topics()).isEqualTo(Topics.VERIFY);
    assertThat(config.creatingTopics(3).topics()).isEqualTo(Topics.CREATE);
    assertThat(config.creatingTopics(3).partitions()).isEqualTo(3);
  }

  @Test
  void allErrorsAreToldAtOnce() {
    assertThatThrownBy(
            () ->
                new KafkaConfig(
                    "broker",
                    Duration.ZERO,
                    "a b",
                    Topics.CREATE,
                    0,
                    Protocol.CONSUMER,
                    Duration.ofHours(1),
                    Map.of("acks", "0", "session.timeout.ms", "1")))
        .isInstanceOf(Misconfigured.class)
        .hasMessageContaining("server 'broker'")
        .hasMessageContaining("confirmedWithin is PT0S")
        .hasMessageContaining("prefix is 'a b'")
        .hasMessageContaining("partitions is 0")
        .hasMessageContaining("revokeWithin is PT1H")
        .hasMessageContaining("acks")
        .hasMessageContaining("session.timeout.ms");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", " ", "host", "host:", "host:0", "host:70000", "a:1,", "http://a:1"})
  void aServerThatIsNotHostAndPortIsRefused(String servers) {
    assertThatThrownBy(() -> KafkaConfig.at(servers).confirmedWithin(LIMIT))
        .isInstanceOf(Misconfigured.class)
        .hasMessageContaining("host:port");
  }

  @Test
  void aPasswordInTheServersIsNotShown() {
    assertThatThrownBy(() -> KafkaConfig.at("user:s3cret,x@host:1").confirmedWithin(LIMIT))
        .isInstanceOf(Misconfigured.class)
        .hasMessageNotContaining("s3cret")
        .hasMessageContaining("sasl.jaas.config");
  }

  @Test
  void theLargestEventIsChosenAndTheProducerTakesCopiesThatAreLarger() {
    KafkaConfig config = KafkaConfig.at("a:1").confirmedWithin(LIMIT);
    ClientSettings chosen =
        new ClientSettings(config.property("max.request.size", "50000000"), "s");

    assertThat(new ClientSettings(config, "s").mostPublished()).isEqualTo(1_000_000);
    assertThat(new ClientSettings(config, "s").producer())
        .containsEntry("max.request.size", 16_842_752);
    assertThat(chosen.mostPublished()).isEqualTo(50_000_000);
    assertThat((int) chosen.producer().get("max.request.size")).isGreaterThan(50_000_000);
    assertThat((long) chosen.producer().get("buffer.memory")).isGreaterThan(66_000_000);
    assertThatThrownBy(() -> config.property("max.request.size", "1 MB"))
        .isInstanceOf(Misconfigured.class)
        .hasMessageContaining("max.request.size");
  }

  @Test
  void valuesOfClientPropertiesAreNeverShown() {
    KafkaConfig config =
        KafkaConfig.at("a:1")
            .confirmedWithin(LIMIT)
            .property("sasl.jaas.config", "Login required password=\"s3cret\";");

    assertThat(config.toString()).contains("sasl.jaas.config").doesNotContain("s3cret");
    assertThat(KafkaTransport.of(config).toString()).doesNotContain("s3cret");
  }

  @Test
  void theSameIsReadFromAMapAndFromTheEnvironment() {
    KafkaConfig fromMap =
        KafkaConfig.from(
            Map.of(
                "servers", "a:1",
                "confirmed-within", "PT2S",
                "prefix", "shop.",
                "topics", "create",
                "partitions", "6",
                "protocol", "consumer",
                "revoke-within", "PT1S",
                "client.security.protocol", "SSL"));
    KafkaConfig fromEnvironment =
        KafkaConfig.fromEnvironment(
            Map.of(
                "COMMS_KAFKA_SERVERS", "a:1",
                "COMMS_KAFKA_CONFIRMED_WITHIN", "PT2S",
                "COMMS_KAFKA_PREFIX", "shop.",
                "COMMS_KAFKA_TOPICS", "CREATE",
                "COMMS_KAFKA_PARTITIONS", "6",
                "COMMS_KAFKA_PROTOCOL", "consumer",
                "COMMS_KAFKA_REVOKE_WITHIN", "PT1S",
                "COMMS_KAFKA_CLIENT_SECURITY_PROTOCOL", "SSL",
                "PATH", "unrelated"));

    assertThat(fromMap).isEqualTo(fromEnvironment);
    assertThat(fromMap.partitions()).isEqualTo(6);
    assertThat(fromMap.properties()).containsEntry("security.protocol", "SSL");
  }

  @Test
  void textThatCannotBeReadIsToldWithEverythingElse() {
    assertThatThrownBy(
            () ->
                KafkaConfig.from(
                    Map.of("partitions", "many", "topics", "maybe", "acknowledge", "all")))
        .isInstanceOf(Misconfigured.class)
        .hasMessageContaining("partitions is 'many'")
        .hasMessageContaining("topics is 'maybe'")
        .hasMessageContaining("'acknowledge'")
        .hasMessageContaining("servers is empty")
        .hasMessageContaining("confirmed-within is missing");
  }

  @ParameterizedTest
  @ValueSource(longs = {100, 500, 5_000, 600_000})
  void theProducersTimesFitIntoTheLimit(long millis) {
    KafkaConfig config = KafkaConfig.at("a:1").confirmedWithin(Duration.ofMillis(millis));
    Map<String, Object> producer = new ClientSettings(config, "orders").producer();

    long block = (Long) producer.get("max.block.ms");
    long delivery = (Integer) producer.get("delivery.timeout.ms");
    long linger = (Long) producer.get("linger.ms");
    long request = (Integer) producer.get("request.timeout.ms");
    assertThat(block + delivery).isEqualTo(millis);
    assertThat(linger + request).isLessThanOrEqualTo(delivery);
    assertThat(block).isLessThanOrEqualTo(1_000);
    assertThat(request).isPositive();
  }

  @Test
  void aRebalanceWaitsForTheLesserOfTenSecondsAndHalfThePollInterval() {
    KafkaConfig config = KafkaConfig.at("a:1").confirmedWithin(LIMIT);

    assertThat(new ClientSettings(config, "o").revokeWithin()).isEqualTo(Duration.ofSeconds(10));
    KafkaConfig shorter = config.property("max.poll.interval.ms", "6000");
    assertThat(new ClientSettings(shorter, "o").revokeWithin()).isEqualTo(Duration.ofSeconds(3));
    KafkaConfig chosen = shorter.revokeWithin(Duration.ofSeconds(1));
    assertThat(new ClientSettings(chosen, "o").revokeWithin()).isEqualTo(Duration.ofSeconds(1));
  }
}
