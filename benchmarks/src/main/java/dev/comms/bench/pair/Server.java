package dev.comms.bench.pair;

import io.grpc.Grpc;
import io.grpc.InsecureServerCredentials;
import io.grpc.ServerServiceDefinition;
import io.grpc.protobuf.services.HealthStatusManager;
import io.grpc.stub.ServerCalls;
import java.io.IOException;

/** The process of the gRPC server: answers with the request, and ends with its input. */
public final class Server {
  private Server() {}

  /** Says its port and serves. */
  public static void main(String[] none) throws IOException {
    String service = Messages.CALL.name().substring(0, Messages.CALL.name().indexOf('/'));
    io.grpc.Server server =
        Grpc.newServerBuilderForPort(0, InsecureServerCredentials.create())
            .directExecutor() // an echo needs no thread of its own
            .addService(
                ServerServiceDefinition.builder(service)
                    .addMethod(
                        BytesMethod.ASK,
                        ServerCalls.asyncUnaryCall(
                            (request, observer) -> {
                              observer.onNext(request);
                              observer.onCompleted();
                            }))
                    .build())
            .addService(new HealthStatusManager().getHealthService()) // our channel watches it
            .build()
            .start();
    System.out.println(Client.ANSWER + server.getPort());
    while (System.in.read() >= 0) {
      // nothing is said to it
    }
    server.shutdownNow();
    System.exit(0);
  }
}
