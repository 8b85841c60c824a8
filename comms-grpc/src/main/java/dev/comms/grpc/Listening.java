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

/** One open port and what is being answered on it. */
final class Listening {
  private static final Duration SHORTEST_GRACE = Duration.ofSeconds(30);
  private static final long MOST_SECONDS_TO_CLOSE = 3;

  private final ServerSettings settings;
  private final Host host;
  private final TlsFiles files;
  private final Server server;
  private final HealthStatusManager serving;
  private final InFlight inFlight;
  private final AtomicBoolean leaving = new AtomicBoolean();
  private volatile Instant since;

  private Listening(
      ServerSettings settings,
      Host host,
      TlsFiles files,
      Server server,
      HealthStatusManager serving,
      InFlight inFlight) {
    this.settings = settings;
    this.host = host;
    this.files = files;
    this.server = server;
    this.serving = serving;
    this.inFlight = inFlight;
    this.since = host.time().now();
  }

  /**
   * Binds the port; every method of these contracts is served from then on.
   *
   * @throws CommsException.Misconfigured if the port is taken or the key pair is not usable
   */
  static Listening start(ServerSettings settings, Map<Contract, Answerer> answerers, Host host) {
    TlsFiles files = settings.security().open(settings.name(), host);
    try {
      return start(settings, files, answerers, host);
    } catch (RuntimeException refused) {
      files.close();
      throw refused;
    }
  }

  private static Listening start(
      ServerSettings settings, TlsFiles files, Map<Contract, Answerer> answerers, Host host) {
    InFlight inFlight = new InFlight();
    ConnectionLimit connections = new ConnectionLimit(settings.limits().callsPerConnection());
    Registry registry = new Registry(answerers, new Registry.Shared(host, inFlight, connections));
    HealthStatusManager serving = new HealthStatusManager();
    ServerBuilder<?> builder = Floods.bounded(settings.builder(files), settings.limits());
    Authorizer authorizer = settings.security().authorizer();
    if (authorizer != null) {
      builder.intercept(new Authorizing(settings.name(), authorizer, host));
    }
    Server server =
        builder
            .executor(host.callbacks())
            .addService(serving.getHealthService())
            .fallbackHandlerRegistry(registry)
            .addTransportFilter(connections)
            .addTransportFilter(new Peers())
            .maxInboundMessageSize(settings.limits().messageBytes())
            .maxInboundMetadataSize(8 * 1024)
            .handshakeTimeout(
                settings.security().handshakeWithin().toMillis(), TimeUnit.MILLISECONDS)
            .keepAliveTime(30, TimeUnit.SECONDS)
            .keepAliveTimeout(10, TimeUnit.SECONDS)
            .permitKeepAliveTime(20, TimeUnit.SECONDS)
            .maxConnectionAge(settings.limits().connectionAge().toMillis(), TimeUnit.MILLISECONDS)
            .maxConnectionAgeGrace(grace(answerers).toMillis(), TimeUnit.MILLISECONDS)
            .build();
    bind(settings, server);
    registry.services().forEach(name -> serving.setStatus(name, ServingStatus.SERVING));
    return new Listening(settings, host, files, server, serving, inFlight);
  }

  private static Duration grace(Map<Contract, Answerer> answerers) {
    Duration longest = SHORTEST_GRACE;
    for (Contract contract : answerers.keySet()) {
      longest = contract.limit().compareTo(longest) > 0 ? contract.limit() : longest;
    }
    return longest;
  }

  private static void bind(ServerSettings settings, Server server) {
    try {
      server.start();
    } catch (IOException taken) {
      server.shutdownNow();
      Throwable root = taken.getCause() == null ? taken : taken.getCause();
      throw new CommsException.Misconfigured(
          settings.name(),
          "the port cannot be opened ("
              + root.getMessage()
              + "); free it, or choose another, or 0 for any free one");
    }
  }

  int port() {
    return server.getPort();
  }

  Health.Part health() {
    Health.State state = leaving.get() ? Health.State.DRAINING : Health.State.UP;
    String expired = files.expired();
    if (server.isTerminated() || !expired.isEmpty()) {
      state = Health.State.DOWN;
    }
    Map<String, String> facts = new HashMap<>(files.facts());
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
    // GOAWAY first: a client that hears it goes elsewhere without being refused.
    server.shutdown();
    return inFlight.drain(host, deadline);
  }

  /** Ends what is left; waits, bounded, so that the port is free when it returns. */
  void close() {
    sayNotServing();
    files.close();
    server.shutdownNow();
    try {
      server.awaitTermination(MOST_SECONDS_TO_CLOSE, TimeUnit.SECONDS);
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
