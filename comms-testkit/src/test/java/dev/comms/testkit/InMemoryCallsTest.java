package dev.comms.testkit;

import dev.comms.spi.CallServer;
import dev.comms.spi.CallTransport;
import dev.comms.testkit.kit.CallConformance;

class InMemoryCallsTest extends CallConformance {
  private final InMemory network = new InMemory();

  @Override
  protected CallServer server() {
    return network.server();
  }

  @Override
  protected CallTransport client(String address) {
    return network.client(address);
  }
}
