package dev.comms.grpc;

import dev.comms.contract.CommsException;
import dev.comms.contract.Contract;
import dev.comms.contract.Deadline;
import dev.comms.grpc.ServerSettings.Limits;
import dev.comms.spi.Ability;
import dev.comms.spi.CallServer;
import dev.comms.spi.Health;
import dev.comms.spi.Host;
import io.grpc.BindableService;
import io.grpc.ServerServiceDefinition;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * Answers calls and streams over gRPC on one port of all interfaces, with gRPC's health service
 * beside them. It demands a key pair unless {@link #plaintext()} says otherwise. The settings are
 * immutable: each method returns a copy, which is attached on its own. Safe for use by many
 * threads.
 *
 * <p>What is not settable: a TLS handshake within 10 s, 8 KiB of metadata per call, a probe of
 * silent connections every 30 s, clients may probe every 20 s, and a connection that has reached
 * its age is given as long as the longest contract to finish, at least 30 s.
 */
public final class GrpcServer implements CallServer {
  private final ServerSettings settings;
  private final Services services;
  private final AtomicReference<@Nullable Listening> listening = new AtomicReference<>();
  private volatile Map<Contract, Answerer> answerers = Map.of();

  private GrpcServer(ServerSettings settings, Services services) {
    this.settings = settings;
    this.services = services;
  }

  /**
   * Listens on this port once attached; 0 takes any free one, see {@link #address()}.
   *
   * @throws IllegalArgumentException if the port is not 0 to 65535
   */
  public static GrpcServer on(int port) {
    return new GrpcServer(
        new ServerSettings(port, false, null, null, Limits.DEFAULT), Services.NONE);
  }

  /** Without TLS: whoever sits between can read and change all. */
  public GrpcServer plaintext() {
    return new GrpcServer(
        new ServerSettings(
            settings.port(), true, settings.certificates(), settings.key(), settings.limits()),
        services);
  }

  /** With this certificate chain and its private key, two PEM files; read when attached. */
  public GrpcServer tls(Path certificateChain, Path privateKey) {
    return new GrpcServer(
        new ServerSettings(
            settings.port(),
            settings.plaintext(),
            Objects.requireNonNull(certificateChain, "certificate chain"),
            Objects.requireNonNull(privateKey, "private key"),
            settings.limits()),
        services);
  }

  /** The largest request in bytes; by default 4 MiB. */
  public GrpcServer maxMessageBytes(int most) {
    return with(settings.limits().messageBytes(most));
  }

  /**
   * How many calls one connection may have in flight; by default 1000. More are refused as
   * overloaded, without effect. What all connections together may have is bounded by core.
   */
  public GrpcServer maxConcurrentCallsPerConnection(int most) {
    return with(settings.limits().callsPerConnection(most));
  }

  /**
   * After which a connection is asked to be made anew, so that clients find new servers; at least 1
   * s, by default 30 minutes, spread by plus or minus 10 per cent.
   */
  public GrpcServer maxConnectionAge(Duration age) {
    return with(settings.limits().connectionAge(age));
  }

  /**
   * How long a drain is announced by the health service before the port is closed; by default not
   * at all, since gRPC's clients go elsewhere by themselves. Behind a load balancer that asks for
   * health, name 5 to 10 s.
   */
  public GrpcServer announcedFor(Duration before) {
    return with(settings.limits().announced(before));
  }

  private GrpcServer with(Limits limits) {
    return new GrpcServer(settings.limits(limits), services);
  }

  /**
   * Serves a generated service too, under these contracts: its methods take the same way as
   * handlers, with the same limits, policies and metrics, on the same threads. A stream keeps its
   * handler's thread, on which its observers are called and a reply waits until the peer can take
   * it; other threads must heed {@code isReady}, or the call is failed when 16 MiB wait. What the
   * service ends with a status keeps its code, trailers and details; what it only throws is told
   * like any handler's failure.
   *
   * @param service an {@code ...ImplBase}
   * @param contracts one for each of its methods, named and shaped as it is
   * @throws CommsException.Misconfigured naming each method without a contract
   */
  public GrpcServer serving(BindableService service, Contract... contracts) {
    return new GrpcServer(settings, services.plus(service, contracts));
  }

  /** The same with a definition, such as one with interceptors. */
  public GrpcServer serving(ServerServiceDefinition service, Contract... contracts) {
    return serving(() -> service, contracts);
  }

  @Override
  public Map<Contract, Own> own() {
    return services.own();
  }

  @Override
  public String system() {
    return "grpc";
  }

  @Override
  public Set<Ability> abilities() {
    return Set.of(Ability.CLIENT_STREAMS);
  }

  /**
   * Where it listens, as a client on this machine writes it.
   *
   * @throws IllegalStateException if it is not attached
   */
  @Override
  public String address() {
    Listening open = listening.get();
    if (open == null) {
      throw new IllegalStateException(settings.name() + " has no address before it is attached");
    }
    return "127.0.0.1:" + open.port();
  }

  @Override
  public void answer(Map<Contract, Answerer> all) {
    answerers = Map.copyOf(services.mark(all));
  }

  /** Fails with {@code Misconfigured} when the port is taken or the key pair is not usable. */
  @Override
  public CompletableFuture<Void> attach(Host host) {
    try {
      if (listening.get() != null) {
        throw new CommsException.Misconfigured(
            settings.name(), "attached twice; make one server for each Comms");
      }
      listening.set(Listening.start(settings, answerers, host));
      return CompletableFuture.completedFuture(null);
    } catch (CommsException wrong) {
      return CompletableFuture.failedFuture(wrong);
    }
  }

  @Override
  public Health health() {
    Listening open = listening.get();
    return Health.of(
        List.of(
            open != null
                ? open.health()
                : new Health.Part(
                    settings.name(),
                    Health.State.STARTING,
                    Instant.EPOCH,
                    Map.of("listening", "not attached"))));
  }

  /** Announces it, closes the port, and waits for what has begun; the rest is told DRAINING. */
  @Override
  public CompletableFuture<Void> drain(Deadline deadline) {
    Listening open = listening.get();
    return open == null ? CompletableFuture.completedFuture(null) : open.drain(deadline);
  }

  @Override
  public void close() {
    Listening open = listening.get();
    if (open != null) {
      open.close();
    }
  }

  @Override
  public String toString() {
    return settings.name();
  }
}
