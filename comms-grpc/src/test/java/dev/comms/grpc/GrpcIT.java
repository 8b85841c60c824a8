package dev.comms.grpc;

import dev.comms.spi.CallServer;
import dev.comms.spi.CallTransport;
import dev.comms.testkit.kit.CallConformance;

/** The promises of every transport for calls, over HTTP/2 on loopback. */
class GrpcIT extends CallConformance {

  @Override
  protected CallServer server() {
    return GrpcServer.on(0).plaintext();
  }

  @Override
  protected CallTransport client(String address) {
    return GrpcTransport.to(address).plaintext();
  }
}
