package dev.comms.testkit.mutants;

import dev.comms.spi.CallServer;
import dev.comms.spi.CallTransport;
import dev.comms.testkit.InMemory;
import dev.comms.testkit.kit.CallConformance;
import java.util.function.UnaryOperator;

/** The kit on the mutants that {@link Hunt} has put here; not run on its own. */
class MutantCalls extends CallConformance {
  static volatile UnaryOperator<CallTransport> client = UnaryOperator.identity();
  static volatile UnaryOperator<CallServer> server = UnaryOperator.identity();
  private final InMemory network = new InMemory();

  @Override
  protected CallServer server() {
    return server.apply(network.server());
  }

  @Override
  protected CallTransport client(String address) {
    return client.apply(network.client(address));
  }
}
