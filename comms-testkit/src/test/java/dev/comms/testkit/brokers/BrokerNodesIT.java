package dev.comms.testkit.brokers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import redis.clients.jedis.HostAndPort;
import redis.clients.jedis.Jedis;
import redis.clients.jedis.JedisCluster;

/** The operations on nodes, on the broker that is quickest to start; and the forms of Redis. */
@Tag("own-brokers")
class BrokerNodesIT {

  private final Brokers brokers = Brokers.open(Map.of("PATH", System.getenv("PATH")));

  @AfterEach
  void endWhatTheTestLeft() {
    brokers.close();
  }

  @Test
  void aNodeKeepsItsPortAndDataOverEveryKindOfEnd() {
    BrokerNodes set = brokers.redisNode();
    BrokerNode node = set.nodes().get(0);
    assertThat(set.kind()).isEqualTo("redis");
    assertThat(set.version()).startsWith("6.2.");
    assertThat(set.address()).isEqualTo(node.address()).endsWith(":" + node.port());
    long first = node.pid();
    write(node, "first");

    node.kill();
    assertThat(node.alive()).isFalse();
    assertThat(ProcessHandle.of(first).filter(ProcessHandle::isAlive)).isEmpty();
    assertThat(Traces.answers(node.port())).isFalse();
    node.start();
    assertThat(node.pid()).isNotEqualTo(first);
    assertThat(read(node)).isEqualTo("first");

    write(node, "second");
    node.stop();
    assertThat(node.alive()).isFalse();
    node.restart();
    assertThat(read(node)).isEqualTo("second");

    long third = node.pid();
    node.start();
    assertThat(node.pid()).isEqualTo(third);
    node.restart();
    assertThat(node.pid()).isNotEqualTo(third);
    assertThat(read(node)).isEqualTo("second");
  }

  @Test
  void aPausedNodeIsAliveAndSilentAndGoesOnOrEnds() throws Exception {
    BrokerNode node = brokers.redisNode().nodes().get(0);
    write(node, "before");

    node.pause();
    assertThat(node.alive()).isTrue();
    assertThat(ProcessFacts.frozen(node.pid())).isTrue();
    node.resume();
    await().untilAsserted(() -> assertThat(read(node)).isEqualTo("before"));

    node.pause();
    node.stop();
    assertThat(node.alive()).isFalse();
    node.start();
    node.pause();
    node.kill();
    assertThat(node.alive()).isFalse();
    node.start();
    assertThat(read(node)).isEqualTo("before");
  }

  @Test
  void whatCannotBeDoneToANodeIsSaidWithItsNameAndLog() {
    BrokerNode node = brokers.redisNode().nodes().get(0);
    node.kill();
    node.kill();
    node.stop();
    assertThatThrownBy(node::pause)
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("redis: redis-1 (pid " + node.pid() + ", port " + node.port() + ")")
        .hasMessageContaining("does not run, so that there is nothing to pause: start() it")
        .hasMessageContaining("Ready to accept connections");
    assertThatThrownBy(node::resume).hasMessageContaining("nothing to resume");
    brokers.close();
    assertThatThrownBy(node::start)
        .isInstanceOf(BrokerUnavailable.class)
        .hasMessageContaining("make a new set");
  }

  @Test
  void aReplicaFollowsItsMasterOverRestartsAndCanBePromoted() {
    BrokerNodes set = brokers.redisReplica();
    BrokerNode master = set.nodes().get(0);
    BrokerNode replica = set.nodes().get(1);
    assertThat(set.address()).isEqualTo(master.address());
    write(master, "one");
    await().until(() -> read(replica), "one"::equals);

    master.kill();
    set.start();
    write(master, "two");
    await().until(() -> read(replica), "two"::equals);

    master.kill();
    try (Jedis client = client(replica)) {
      client.slaveofNoOne();
    }
    write(replica, "three");
    assertThat(read(replica)).isEqualTo("three");
  }

  @Test
  void aClusterServesEverySlotAndComesBackWhole() {
    BrokerNodes set = brokers.redisCluster();
    List<? extends BrokerNode> masters = set.nodes();
    assertThat(masters).hasSize(3);
    assertThat(set.address().split(",")).hasSize(3);
    BrokerNode any = masters.get(0);
    try (JedisCluster client = new JedisCluster(new HostAndPort("127.0.0.1", any.port()))) {
      for (int i = 0; i < 20; i++) {
        client.set("key-" + i, "value");
      }
      masters.forEach(BrokerNode::kill);
      set.start();
      for (int i = 0; i < 20; i++) {
        assertThat(client.get("key-" + i)).isEqualTo("value");
      }
      masters.get(1).restart();
      set.start();
      assertThat(client.get("key-1")).isEqualTo("value");
    }
  }

  @Test
  void theCloseOfOneSetLeavesAnotherAloneAndTheCloseOfAllEndsPausedOnesToo() {
    BrokerNodes first = brokers.redisNode();
    BrokerNodes second = brokers.redisNode();
    first.close();
    first.close();
    assertThat(first.nodes()).noneMatch(BrokerNode::alive);
    assertThat(second.nodes()).allMatch(BrokerNode::alive);
    second.nodes().get(0).pause();
    long start = System.nanoTime();
    brokers.close();
    assertThat(second.nodes()).noneMatch(BrokerNode::alive);
    assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(20));
  }

  private static Jedis client(BrokerNode node) {
    return new Jedis(URI.create(node.address()), 20_000);
  }

  private static void write(BrokerNode node, String value) {
    try (Jedis client = client(node)) {
      assertThat(client.set("key", value)).isEqualTo("OK");
    }
  }

  private static String read(BrokerNode node) {
    try (Jedis client = client(node)) {
      return String.valueOf(client.get("key"));
    }
  }
}
