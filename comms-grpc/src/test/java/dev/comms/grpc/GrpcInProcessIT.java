package dev.comms.grpc;

import dev.comms.spi.CallServer;
import dev.comms.spi.CallTransport;
import dev.comms.testkit.kit.CallConformance;
import java.util.UUID;

/** The promises of every transport for calls, inside the process. */
class GrpcInProcessIT extends CallConformance {

  @Override
  protected CallServer server() {
    return GrpcServer.inProcess(UUID.randomUUID().toString());
  }

  @Override
  protected CallTransport client(String address) {
    return GrpcTransport.to(address);
  }
}
