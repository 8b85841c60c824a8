package dev.comms.testkit.brokers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Map;
import java.util.Properties;
import org.junit.jupiter.api.Test;

class KafkaNodesTest {

  @Test
  void aNumberOfNodesThatIsNoQuorumIsRefused() {
    assertThatThrownBy(() -> KafkaNodes.of(2))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("2 is neither 1 nor 3");
    try (Brokers brokers = Brokers.open(Map.of())) {
      assertThatThrownBy(() -> brokers.rabbitNodes(2)).hasMessageContaining("2 is neither 1 nor 3");
    }
  }

  @Test
  void advertisedPortsMustBeOneForEachNode() {
    KafkaNodes three = KafkaNodes.of(3);
    for (List<Integer> ports : List.of(List.of(1, 2), List.of(1, 2, 2), List.of(1, 2, 70_000))) {
      assertThatThrownBy(() -> three.advertising(ports))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining(ports.toString());
    }
  }

  @Test
  void clientsAreToldTheProxysPortAndBrokersReachEachOtherPastIt() {
    List<KafkaPorts> all = KafkaNodes.of(3).advertising(List.of(7001, 7002, 7003)).ports();
    KafkaPorts second = all.get(1);
    Properties settings = KafkaSettings.ofProcess(second, all, "data");
    assertThat(settings.getProperty("advertised.listeners"))
        .isEqualTo("PLAINTEXT://127.0.0.1:7002,INTERNAL://127.0.0.1:" + second.internal());
    assertThat(settings.getProperty("listeners")).doesNotContain("7002");
    assertThat(settings.getProperty("inter.broker.listener.name")).isEqualTo("INTERNAL");
    assertThat(settings.getProperty("default.replication.factor")).isEqualTo("3");
    assertThat(settings.getProperty("min.insync.replicas")).isEqualTo("2");
  }
}
