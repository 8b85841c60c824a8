package dev.comms.testkit.brokers;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.rabbitmq.client.BlockedListener;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.ConnectionFactory;
import com.rabbitmq.client.GetResponse;
import com.rabbitmq.client.MessageProperties;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("own-brokers")
class RabbitNodesIT {

  private static final Map<String, Object> QUORUM = Map.of("x-queue-type", "quorum");

  private final Brokers brokers = Brokers.open(Map.of("PATH", System.getenv("PATH")));

  @AfterEach
  void endWhatTheTestLeft() {
    brokers.close();
  }

  @Test
  void theAlarmsOfANodeBlockItsPublishers() throws Exception {
    RabbitCluster set = brokers.rabbitNodes(1);
    RabbitMember node = set.nodes().get(0);
    assertThat(set.version()).matches("\\d+\\.\\d+\\.\\d+");
    AtomicBoolean blocked = new AtomicBoolean();
    try (Connection connection = connect(node);
        Channel channel = connection.createChannel()) {
      connection.addBlockedListener(listener(blocked));
      node.alarm(RabbitMember.Alarm.DISK);
      channel.basicPublish("", "nobody", null, "blocked".getBytes(UTF_8));
      await().atMost(Duration.ofSeconds(30)).untilTrue(blocked);
      node.alarm(RabbitMember.Alarm.MEMORY);
      node.clearAlarms();
      await().atMost(Duration.ofSeconds(30)).untilFalse(blocked);
    }
  }

  @Test
  void threeNodesServeWithoutOneAndItComesBack() throws Exception {
    RabbitCluster set = brokers.rabbitNodes(3);
    List<? extends RabbitMember> nodes = set.nodes();
    assertThat(set.address().split(",")).hasSize(3);
    publish(nodes.get(0), "one");

    nodes.get(1).kill();
    assertThat(Traces.answers(nodes.get(1).port())).isFalse();
    publish(nodes.get(2), "two");
    set.start();
    assertThat(List.of(take(nodes.get(1)), take(nodes.get(1)))).containsExactly("one", "two");
  }

  private static Connection connect(RabbitMember node) throws Exception {
    ConnectionFactory factory = new ConnectionFactory();
    factory.setUri(node.address());
    return factory.newConnection("rabbit-nodes-it");
  }

  private static void publish(RabbitMember node, String text) throws Exception {
    try (Connection connection = connect(node);
        Channel channel = connection.createChannel()) {
      channel.confirmSelect();
      channel.queueDeclare("q", true, false, false, QUORUM);
      channel.basicPublish("", "q", MessageProperties.PERSISTENT_BASIC, text.getBytes(UTF_8));
      channel.waitForConfirmsOrDie(60_000);
    }
  }

  /** A quorum queue answers only once it has a leader. */
  private static String take(RabbitMember node) throws Exception {
    try (Connection connection = connect(node);
        Channel channel = connection.createChannel()) {
      GetResponse message =
          await()
              .atMost(Duration.ofSeconds(60))
              .until(() -> channel.basicGet("q", true), found -> found != null);
      return new String(message.getBody(), UTF_8);
    }
  }

  private static BlockedListener listener(AtomicBoolean blocked) {
    return new BlockedListener() {
      @Override
      public void handleBlocked(String reason) {
        blocked.set(true);
      }

      @Override
      public void handleUnblocked() {
        blocked.set(false);
      }
    };
  }
}
