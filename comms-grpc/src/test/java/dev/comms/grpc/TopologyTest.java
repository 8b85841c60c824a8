package dev.comms.grpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.comms.contract.Codec;
import dev.comms.contract.CommsException;
import dev.comms.contract.Task;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TopologyTest {

  @ParameterizedTest
  @CsvSource({
    "shop.Inventory/CheckStock, shop.Inventory/CheckStock",
    "orders.ping,               orders/ping",
    "shop.orders.ping,          shop.orders/ping",
    "ping,                      comms/ping"
  })
  void aNameIsAMethodByOneRule(String name, String method) {
    assertThat(Topology.fullName(name)).isEqualTo(method);
  }

  @ParameterizedTest
  @ValueSource(strings = {"orders.", "orders/", "shop.Inventory/"})
  void aNameWithoutAMethodIsRefused(String name) {
    assertThatThrownBy(() -> Topology.fullName(name))
        .isInstanceOf(CommsException.Misconfigured.class)
        .hasMessageContaining("'" + name + "'");
  }

  @Test
  void whatIsNoCallIsRefused() {
    Task<byte[]> task =
        Task.named("mail.send", Codec.bytes()).eachAttemptWithin(Duration.ofSeconds(1));

    assertThatThrownBy(() -> Topology.method(task))
        .isInstanceOf(CommsException.Misconfigured.class)
        .hasMessageContaining("mail.send");
  }
}
