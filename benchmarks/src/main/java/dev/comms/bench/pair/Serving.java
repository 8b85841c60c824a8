package dev.comms.bench.pair;

import dev.comms.Comms;
import dev.comms.grpc.GrpcServer;
import io.grpc.Grpc;
import io.grpc.InsecureServerCredentials;
import io.grpc.ServerServiceDefinition;
import io.grpc.protobuf.services.HealthStatusManager;
import io.grpc.stub.ServerCalls;
import io.javalin.Javalin;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;

/** A server that answers each request with what it was asked. */
record Serving(int port, AutoCloseable end) {

  /** What stands behind an address. */
  enum Kind {
    /** grpc-java's server, for bytes only. */
    GRPC,
    /** Ours. */
    COMMS,
    /** Armeria's, for bytes only. */
    ARMERIA,
    /** Javalin, for records only. */
    REST;

    Serving start() throws IOException {
      return switch (this) {
        case GRPC -> grpc();
        case COMMS -> comms();
        case ARMERIA -> armeria();
        case REST -> rest();
      };
    }
  }

  private static ServerServiceDefinition echo() {
    String service = Messages.CALL.name().substring(0, Messages.CALL.name().indexOf('/'));
    return ServerServiceDefinition.builder(service)
        .addMethod(
            BytesMethod.ASK,
            ServerCalls.asyncUnaryCall(
                (request, observer) -> {
                  observer.onNext(request);
                  observer.onCompleted();
                }))
        .build();
  }

  private static Serving grpc() throws IOException {
    io.grpc.Server server =
        Grpc.newServerBuilderForPort(0, InsecureServerCredentials.create())
            .directExecutor() // an echo needs no thread of its own
            .addService(echo())
            .addService(new HealthStatusManager().getHealthService()) // our channel watches it
            .build()
            .start();
    return new Serving(server.getPort(), server::shutdownNow);
  }

  /** With the standard policies and all meters, and so on its own threads. */
  private static Serving comms() {
    Comms comms = Comms.service(Messages.SERVICE, new SimpleMeterRegistry()).build();
    GrpcServer transport = GrpcServer.on(0).plaintext();
    dev.comms.Server server = comms.serve(transport);
    Sample.ALL.forEach(sample -> server.answer(sample.call(), (request, context) -> request));
    comms.start();
    String address = transport.address();
    return new Serving(Integer.parseInt(address.substring(address.indexOf(':') + 1)), comms);
  }

  private static Serving armeria() {
    com.linecorp.armeria.server.Server server =
        com.linecorp.armeria.server.Server.builder()
            .http(0)
            .service(
                com.linecorp.armeria.server.grpc.GrpcService.builder().addService(echo()).build())
            .build();
    server.start().join();
    return new Serving(server.activeLocalPort(), server);
  }

  private static Serving rest() {
    Javalin http =
        Javalin.create(
            config -> {
              config.startup.showJavalinBanner = false;
              config.startup.showOldJavalinVersionWarning = false;
              config.startup.startupWatcherEnabled = false;
              for (Sample<?> sample : Sample.ALL) {
                config.routes.post(
                    "/" + sample.name(),
                    ctx -> {
                      Object value = RestSide.JSON.readValue(ctx.bodyAsBytes(), sample.type());
                      ctx.contentType("application/json")
                          .result(RestSide.JSON.writeValueAsBytes(value));
                    });
              }
            });
    http.start("127.0.0.1", 0);
    return new Serving(http.port(), http::stop);
  }
}
