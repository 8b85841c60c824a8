package dev.comms.grpc;

import dev.comms.Calls;
import dev.comms.Comms;
import dev.comms.Server;
import dev.comms.contract.Contract;
import dev.comms.policy.Policies;
import io.grpc.BindableService;
import io.grpc.Channel;
import io.grpc.Grpc;
import io.grpc.InsecureChannelCredentials;
import io.grpc.InsecureServerCredentials;
import io.grpc.ManagedChannel;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/** Two services over Netty on loopback, and foreign peers of them; closes in reverse order. */
final class Pair implements AutoCloseable {
  final SimpleMeterRegistry serverMeters = new SimpleMeterRegistry();
  final SimpleMeterRegistry clientMeters = new SimpleMeterRegistry();
  private final Deque<AutoCloseable> open = new ArrayDeque<>();

  <T extends AutoCloseable> T owns(T resource) {
    open.push(resource);
    return resource;
  }

  /** A server of a generated service. */
  String serve(Policies policies, BindableService service, Contract... contracts) {
    GrpcServer server = GrpcServer.on(0).plaintext().serving(service, contracts);
    return serve(policies, server, handlers -> {});
  }

  String serve(Policies policies, GrpcServer server, Consumer<Server> handlers) {
    Comms comms =
        owns(
            Comms.service("server", serverMeters)
                .policies(policies)
                .drainWithin(Duration.ofMillis(200))
                .build());
    handlers.accept(comms.serve(server));
    comms.start();
    return server.address();
  }

  /** A plain grpc-java server, which knows nothing of us. */
  String foreign(BindableService service) {
    try {
      io.grpc.Server server =
          Grpc.newServerBuilderForPort(0, InsecureServerCredentials.create())
              .addService(service)
              .build()
              .start();
      owns(() -> server.shutdownNow().awaitTermination(5, TimeUnit.SECONDS));
      return "127.0.0.1:" + server.getPort();
    } catch (IOException taken) {
      throw new AssertionError("any free port", taken);
    }
  }

  Calls calls(Policies policies, String address) {
    Comms comms =
        owns(
            Comms.service("client", clientMeters)
                .policies(policies)
                .drainWithin(Duration.ofMillis(200))
                .build());
    Calls calls = comms.calls(GrpcTransport.to(address).plaintext());
    comms.start();
    return calls;
  }

  Calls calls(String address) {
    return calls(Policies.standard(), address);
  }

  /** Threads for what blocks. */
  ExecutorService threads() {
    ExecutorService threads =
        Executors.newCachedThreadPool(
            work -> {
              Thread thread = new Thread(work, "it-blocking");
              thread.setDaemon(true);
              return thread;
            });
    owns(threads::shutdownNow);
    return threads;
  }

  /** A plain channel, for stubs that know nothing of us. */
  Channel channel(String address) {
    ManagedChannel channel =
        Grpc.newChannelBuilder(address, InsecureChannelCredentials.create()).build();
    owns(() -> channel.shutdownNow().awaitTermination(5, TimeUnit.SECONDS));
    return channel;
  }

  @Override
  public void close() {
    while (!open.isEmpty()) {
      try {
        open.pop().close();
      } catch (Exception failed) {
        throw new AssertionError("closing must not fail", failed);
      }
    }
  }
}
