package dev.comms.bench.pair;

import io.grpc.Grpc;
import java.util.List;

/** A raw gRPC server, which answers both sides alike. */
final class GrpcPlace implements Place {
  private final Child server = Child.start(Server.class, List.of(), List.of("grpc"));
  private final String address = "127.0.0.1:" + server.answer();

  @Override
  public String address() {
    return address;
  }

  @Override
  public String name() {
    return "grpc-java " + Grpc.class.getPackage().getImplementationVersion();
  }

  @Override
  public void clear() {}

  @Override
  public void close() {
    server.close();
  }
}
