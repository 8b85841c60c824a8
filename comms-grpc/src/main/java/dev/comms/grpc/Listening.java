package dev.comms.grpc;

import dev.comms.contract.CommsException;
import dev.comms.contract.Contract;
import dev.comms.contract.Deadline;
import dev.comms.spi.CallServer.Answerer;
import dev.comms.spi.Health;
import dev.comms.spi.Host;
import io.grpc.Server;
import io.grpc.ServerBuilder;
import io.grpc.health.v1.HealthCheckResponse.ServingStatus;
import io.grpc.protobuf.services.HealthStatusManager;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/** One open port and what is being answered on it. */
final class Listening {
  private static final Duration SHORTEST_GRACE = Duration.ofSeconds(30);
  // For GOAWAY to be heard; a watch of a foreign client may hold its connection for ever.
  private static final Duration LONGEST_GOODBYE = Duration.ofSeconds(2);
  private static final long MOST_SECONDS_TO_CLOSE = 3;

  private final ServerSettings settings;
  private final Host host;
  private final Server server;
  private final HealthStatusManager serving;
  private final InFlight inFlight;
  private final Around around;
  private final AtomicBoolean leaving = new AtomicBoolean();
  private volatile Instant since;

  private Listening(
      ServerSettings settings,
      Host host,
      Server server,
      HealthStatusManager serving,
      InFlight inFlight,
      Around around) {
    this.settings = settings;
    this.host = host;
    this.server = server;
    this.serving = serving;
    this.inFlight = inFlight;
    this.around = around;
    this.since = host.time().now();
  }

  /**
   * Binds the port; every method of these contracts is served from then on.
   *
   * @throws CommsException.Misconfigured if the port is taken or the key pair is not usable
   */
  static Listening start(ServerSettings settings, Map<Contract, Answerer> answerers, Host host) {
    Around around = Around.of(settings, host);
    try {
      return start(settings, answerers, host, around);
    } catch (RuntimeException refused) {
      around.close();
      throw refused;
    }
  }

  private static Listening start(
      ServerSettings settings, Map<Contract, Answerer> answerers, Host host, Around around) {
    InFlight inFlight = new InFlight();
    ConnectionLimit connections = around.connections();
    Operations operations = settings.operations();
    Registry registry =
        new Registry(answerers, new Registry.Shared(host, inFlight, connections, operations));
    HealthStatusManager serving = new HealthStatusManager();
    ServerBuilder<?> builder = Floods.bounded(around.door().builder(), settings.limits());
    Authorizer authorizer = settings.security().authorizer();
    if (authorizer != null) {
      builder.intercept(new Authorizing(settings.name(), authorizer, host));
    }
    builder
        .executor(host.callbacks())
        .addService(serving.getHealthService())
        .fallbackHandlerRegistry(registry)
        .addTransportFilter(connections)
        .addTransportFilter(new Peers())
        .maxInboundMessageSize(settings.limits().messageBytes())
        .maxInboundMetadataSize(8 * 1024);
    if (around.door().hasWire()) {
      connections(builder, settings, grace(answerers));
    }
    if (around.log() != null) {
      builder.addStreamTracerFactory(around.log());
    }
    Curiosity.add(builder, settings, registry);
    Server server = builder.build();
    bind(settings, server, around.door());
    registry.services().forEach(name -> serving.setStatus(name, ServingStatus.SERVING));
    return new Listening(settings, host, server, serving, inFlight, around);
  }

  /** What surrounds the server and ends with it. */
  private record Around(
      TlsFiles files, Door door, @Nullable AccessLog log, ConnectionLimit connections) {
    static Around of(ServerSettings settings, Host host) {
      TlsFiles files = settings.security().open(settings.name(), host);
      try {
        return new Around(
            files,
            Door.of(settings, files),
            accessLog(settings.operations(), host),
            new ConnectionLimit(settings.limits().callsPerConnection()));
      } catch (RuntimeException refused) {
        files.close();
        throw refused;
      }
    }

    private static @Nullable AccessLog accessLog(Operations operations, Host host) {
      return operations.logged() == 0
          ? null
          : new AccessLog(operations.logged(), operations.place(), host.time());
    }

    void close() {
      files.close();
      door.close();
      if (log != null) {
        log.close();
      }
    }
  }

  private static void connections(
      ServerBuilder<?> builder, ServerSettings settings, Duration grace) {
    Duration silence = settings.operations().keepAlive();
    builder
        .handshakeTimeout(settings.security().handshakeWithin().toMillis(), TimeUnit.MILLISECONDS)
        .keepAliveTime(silence.toMillis(), TimeUnit.MILLISECONDS)
        .keepAliveTimeout(10, TimeUnit.SECONDS)
        // A client of the same setting must never be taken for one that asks too often.
        .permitKeepAliveTime(silence.toMillis() * 2 / 3, TimeUnit.MILLISECONDS)
        .maxConnectionAge(settings.limits().connectionAge().toMillis(), TimeUnit.MILLISECONDS)
        .maxConnectionAgeGrace(grace.toMillis(), TimeUnit.MILLISECONDS);
  }

  private static Duration grace(Map<Contract, Answerer> answerers) {
    Duration longest = SHORTEST_GRACE;
    for (Contract contract : answerers.keySet()) {
      longest = contract.limit().compareTo(longest) > 0 ? contract.limit() : longest;
    }
    return longest;
  }

  private static void bind(ServerSettings settings, Server server, Door door) {
    try {
      server.start();
      door.opened();
    } catch (RuntimeException refused) {
      server.shutdownNow();
      throw refused;
    } catch (IOException taken) {
      server.shutdownNow();
      Throwable root = taken.getCause() == null ? taken : taken.getCause();
      throw new CommsException.Misconfigured(
          settings.name(),
          settings.operations().place() == null
              ? "the port cannot be opened ("
                  + root.getMessage()
                  + "); free it, or choose another, or 0 for any free one"
              : "it cannot listen there (" + root.getMessage() + "); choose another place");
    }
  }

  String address() {
    return around.door().address(server);
  }

  Health.Part health() {
    Health.State state = leaving.get() ? Health.State.DRAINING : Health.State.UP;
    String expired = around.files().expired();
    if (server.isTerminated() || !expired.isEmpty()) {
      state = Health.State.DOWN;
    }
    Map<String, String> facts = new HashMap<>(around.files().facts());
    facts.put("inFlight", String.valueOf(inFlight.size()));
    facts.put("tls", String.valueOf(!settings.security().plaintext()));
    return new Health.Part(settings.name(), state, since, facts).because(reason(state, expired));
  }

  private String reason(Health.State state, String expired) {
    if (state != Health.State.DOWN) {
      return "comms.close() waits for " + inFlight.size() + " calls to end";
    }
    return server.isTerminated() ? "closed: it listens no more" : expired;
  }

  /**
   * Says NOT_SERVING, waits for balancers to hear it, sends GOAWAY, and waits for what has begun.
   */
  CompletableFuture<Void> drain(Deadline deadline) {
    sayNotServing();
    Duration announced = settings.limits().announced();
    if (announced.isZero()) {
      return refuseAndWait(deadline);
    }
    CompletableFuture<Void> drained = new CompletableFuture<>();
    Duration left = deadline.remaining().isNegative() ? Duration.ZERO : deadline.remaining();
    Duration wait = announced.compareTo(left) < 0 ? announced : left;
    host.time()
        .schedule(
            wait,
            () ->
                host.callbacks()
                    .execute(
                        () -> refuseAndWait(deadline).thenAccept(done -> drained.complete(null))));
    return drained;
  }

  private void sayNotServing() {
    if (leaving.compareAndSet(false, true)) {
      since = host.time().now();
      serving.enterTerminalState();
    }
  }

  private CompletableFuture<Void> refuseAndWait(Deadline deadline) {
    // GOAWAY first: a client that hears it goes elsewhere without being refused. Until it has heard
    // it, what it sent is served: refusals would meet all that is on its way at once.
    server.shutdown();
    Duration left = deadline.remaining().isNegative() ? Duration.ZERO : deadline.remaining();
    Duration wait = left.compareTo(LONGEST_GOODBYE) < 0 ? left : LONGEST_GOODBYE;
    return around
        .connections()
        .gone(host, wait)
        .thenCompose(done -> inFlight.drain(host, deadline));
  }

  /** Ends what is left; waits, bounded, so that the port is free when it returns. */
  void close() {
    sayNotServing();
    server.shutdownNow();
    try {
      server.awaitTermination(MOST_SECONDS_TO_CLOSE, TimeUnit.SECONDS);
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
    }
    around.close();
  }
}
