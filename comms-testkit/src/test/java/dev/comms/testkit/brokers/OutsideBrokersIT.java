package dev.comms.testkit.brokers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.util.Map;
import java.util.function.Function;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import redis.clients.jedis.Jedis;

@Tag("own-brokers")
class OutsideBrokersIT {

  private static final Brokers RUNNING = new Brokers(Map.of("PATH", System.getenv("PATH")), false);

  @AfterAll
  static void end() {
    RUNNING.close();
  }

  @Test
  void aNamedKafkaIsReachedAndLeftRunning() {
    Broker kafka = reachAndClose(RUNNING.kafka(), "COMMS_KAFKA_SERVERS", Brokers::kafka);
    assertThat(kafka.version()).matches("4\\.\\d+-IV\\d+");
  }

  @Test
  void aNamedRabbitIsReachedAndLeftRunningAndItsToolIsRefused() {
    Broker rabbit = reachAndClose(RUNNING.rabbit(), "COMMS_RABBIT_URI", Brokers::rabbit);
    assertThat(rabbit.version()).isEqualTo(RUNNING.rabbit().version());
    assertThatThrownBy(() -> ((RabbitBroker) rabbit).ctl("status"))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("unset COMMS_RABBIT_URI");
    assertThat(((RabbitBroker) rabbit).ctlCommand("purge_queue", "q"))
        .isEqualTo("rabbitmqctl purge_queue q");
    String withVhost = rabbit.address().replace("//", "//me:s3cret@") + "/my%20vhost";
    Broker named = reach("COMMS_RABBIT_URI", withVhost, Brokers::rabbit);
    assertThat(((RabbitBroker) named).ctlCommand("purge_queue", "q"))
        .isEqualTo("rabbitmqctl purge_queue -p 'my vhost' q");
  }

  @Test
  void aNamedPostgresIsReachedAndLeftRunning() {
    Broker postgres = reachAndClose(RUNNING.postgres(), "COMMS_JDBC_URL", Brokers::postgres);
    assertThat(postgres.version()).isEqualTo(RUNNING.postgres().version());
  }

  @Test
  void aNamedRedisIsLoggedInToAndItsPasswordIsNeverShown() {
    URI address = URI.create(RUNNING.redis().address());
    try (Jedis admin = new Jedis(address)) {
      admin.configSet("requirepass", "s3cr%t");
      try {
        String authority = "127.0.0.1:" + address.getPort();
        Broker redis = reach("COMMS_REDIS_URI", "redis://:s3cr%25t@" + authority, Brokers::redis);
        assertThat(redis.version()).isEqualTo(RUNNING.redis().version());
        assertThat(redis.toString()).contains("redis://***@" + authority).doesNotContain("s3cr");
        assertRefused("redis://me:wr0ng@" + authority, "WRONGPASS", "wr0ng");
        assertRefused("redis://" + authority, "NOAUTH", "@");
      } finally {
        admin.configSet("requirepass", "");
      }
    }
  }

  @Test
  void whatAnswersInAnotherProtocolIsNamed() {
    String wrong = "amqp://me:s3cret@127.0.0.1:" + Traces.port(RUNNING.redis().address());
    assertThatThrownBy(() -> reach("COMMS_RABBIT_URI", wrong, Brokers::rabbit))
        .isInstanceOf(BrokerUnavailable.class)
        .hasMessageContaining("COMMS_RABBIT_URI=amqp://***@127.0.0.1")
        .hasMessageContaining("AMQP");
  }

  @Test
  void aBrokerThatDoesNotAnswerIsGivenUpAfterTenSecondsInOneLine() throws Exception {
    int closed = Ports.free();
    assertThatThrownBy(() -> reach("COMMS_KAFKA_SERVERS", "127.0.0.1:" + closed, Brokers::kafka))
        .isInstanceOf(BrokerUnavailable.class)
        .message()
        .hasLineCount(1)
        .contains("kafka: COMMS_KAFKA_SERVERS=127.0.0.1:" + closed)
        .contains("did not answer within 10 s")
        .contains("refused");
  }

  @Test
  void aListenerThatNeverSpeaksIsGivenUp() throws Exception {
    try (ServerSocket silent = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
      String uri = "redis://127.0.0.1:" + silent.getLocalPort();
      assertThatThrownBy(() -> reach("COMMS_REDIS_URI", uri, Brokers::redis))
          .isInstanceOf(BrokerUnavailable.class)
          .hasMessageContaining("no answer to PING came");
    }
  }

  private static void assertRefused(String uri, String reason, String secret) {
    assertThatThrownBy(() -> reach("COMMS_REDIS_URI", uri, Brokers::redis))
        .isInstanceOf(BrokerUnavailable.class)
        .hasMessageContaining(reason)
        .hasMessageNotContaining(secret + "@");
  }

  private static Broker reach(String variable, String value, Function<Brokers, Broker> start) {
    try (Brokers outside = new Brokers(Map.of(variable, value), false)) {
      Broker broker = start.apply(outside);
      assertThat(outside.folder().root()).isNull();
      return broker;
    }
  }

  private static Broker reachAndClose(
      Broker running, String variable, Function<Brokers, Broker> start) {
    Broker reached = reach(variable, running.address(), start);
    assertThat(reached.origin()).isEqualTo(variable);
    assertThat(reached.address()).isEqualTo(running.address());
    assertThat(Traces.answers(Traces.port(running.address()))).isTrue();
    return reached;
  }
}
