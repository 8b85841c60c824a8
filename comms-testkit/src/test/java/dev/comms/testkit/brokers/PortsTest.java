package dev.comms.testkit.brokers;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;

class PortsTest {

  @Test
  void noPortIsGivenTwice() {
    Set<Integer> given = new HashSet<>();
    for (int i = 0; i < 500; i++) {
      assertThat(given.add(Ports.free())).isTrue();
    }
  }

  @Test
  void aPortCanBeListenedOnAndLiesBelowThoseOfOutgoingConnections() throws Exception {
    int port = Ports.free();
    assertThat(port).isBetween(15_000, 31_999);
    try (ServerSocket socket = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
      assertThat(socket.isBound()).isTrue();
    }
  }
}
