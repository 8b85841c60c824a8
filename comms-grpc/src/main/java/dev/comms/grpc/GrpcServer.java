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
 * Answers calls and streams over gRPC on one port of all interfaces, on a Unix socket, or inside
 * the process, with gRPC's health service beside them. It demands a key pair unless {@link
 * #plaintext()} says otherwise. The settings are immutable: each method returns a copy, which is
 * attached on its own. Safe for use by many threads.
 *
 * <p>What is not settable: a TLS handshake within 10 s, 8 KiB of metadata per call, no more than
 * ten times as many resets within 10 s as a connection may have calls in flight, 10 s to answer a
 * probe, clients may probe after two thirds of {@link #keepAlive}, and a connection that has
 * reached its age is given as long as the longest contract to finish, at least 30 s. Requests that
 * are compressed with gzip are always read; {@link #maxMessageBytes} bounds what they become.
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
        new ServerSettings(port, ServerSecurity.TLS, Limits.DEFAULT, Operations.DEFAULT),
        Services.NONE);
  }

  /**
   * Listens on a socket in the file system that only this user may open. A socket that a killed
   * server left is replaced; whatever else stands there is not touched, and a second server is
   * refused by {@code attach}. A file of the same name and {@code .lock} beside it stays. Linux
   * only, on x86-64 or ARM64, which {@code attach} says elsewhere.
   *
   * @param path absolute, at most 107 bytes long and its folder 95; the folder must exist, and
   *     should be one that only this user may write
   * @throws IllegalArgumentException if the path is relative
   */
  public static GrpcServer onUnixSocket(Path path) {
    if (!path.isAbsolute()) {
      throw new IllegalArgumentException(
          "grpc server: the socket's path '" + path + "' is relative; give an absolute one");
    }
    return at(Channels.UNIX + "//" + path, ServerSecurity.TLS);
  }

  /**
   * Answers {@link GrpcTransport#inProcess} of the same name, for tests: without Netty, TLS and
   * ports, so neither keepalive nor the age of connections mean anything. Needs the optional
   * library {@code io.grpc:grpc-inprocess}.
   *
   * @throws IllegalArgumentException if the name is empty
   */
  public static GrpcServer inProcess(String name) {
    return at(Channels.inProcess(name), ServerSecurity.TLS.inPlaintext());
  }

  private static GrpcServer at(String place, ServerSecurity security) {
    return new GrpcServer(
        new ServerSettings(0, security, Limits.DEFAULT, Operations.at(place)), Services.NONE);
  }

  /**
   * Without TLS: whoever sits between can read and change all.
   *
   * @throws IllegalArgumentException if it also has what only TLS protects
   */
  public GrpcServer plaintext() {
    return with(settings.security().inPlaintext());
  }

  /**
   * With this certificate chain and its private key (PKCS #8, not encrypted), two PEM files. They
   * are read when attached and looked at again every 10 s: a new pair is shown from the next
   * handshake on, no open connection is touched, and a half-written pair changes nothing but the
   * log. Health has the certificate's end as {@code tlsExpires} and is DOWN after it; a tenth of
   * its life before it is a WARN.
   */
  public GrpcServer tls(Path certificateChain, Path privateKey) {
    return with(settings.security().pair(new KeyFiles(certificateChain, privateKey)));
  }

  /**
   * Lets in only clients that show a certificate which one in this PEM file vouches for (mutual
   * TLS); who that was is in the handler's {@code Context.peer()}. The file is looked at again as
   * those of {@link #tls}; whom it no longer vouches for keeps the connections that are open, until
   * {@link #maxConnectionAge} at the latest.
   *
   * @throws IllegalArgumentException beside {@link #plaintext()}
   */
  public GrpcServer requireClients(Path trusted) {
    return with(settings.security().clients(Objects.requireNonNull(trusted, "trusted")));
  }

  /** Asks this authorizer about every call; without one, whoever can connect may call. */
  public GrpcServer authorize(Authorizer authorizer) {
    return with(settings.security().authorizer(Objects.requireNonNull(authorizer, "authorizer")));
  }

  /** How long to wait between two looks at the TLS files; for tests. */
  GrpcServer reloadEvery(Duration wait) {
    return with(settings.security().reloadEvery(wait));
  }

  /** How long a connection may take until its calls can come; for tests. */
  GrpcServer handshakeWithin(Duration most) {
    return with(settings.security().handshakeWithin(most));
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

  private GrpcServer with(ServerSecurity security) {
    return new GrpcServer(settings.security(security), services);
  }

  /**
   * How long a connection may be silent before it is probed; at least 10 s, by default 30 s.
   * Clients may probe after two thirds of it, so one value for this and for {@link
   * GrpcTransport#keepAlive} is right for both ends.
   */
  public GrpcServer keepAlive(Duration silence) {
    return with(settings.operations().keepAlive(Objects.requireNonNull(silence, "silence")));
  }

  /**
   * Compresses replies of 1 KiB or more with gzip for the clients that can read it, which gRPC's
   * own all can; by default not. It saves bytes and costs processor time on both sides.
   */
  public GrpcServer compressed() {
    return with(settings.operations().compressing());
  }

  /**
   * Writes one line for each call to the logger {@code dev.comms.grpc.access}, at INFO, when it has
   * ended: method, peer, status, duration in milliseconds, bytes of messages in and out as they
   * were on the wire, number of the attempt, and trace id; never a payload or metadata. Lines are
   * written by a thread of their own; when the log is slower than the calls, lines are dropped and
   * counted in the log.
   *
   * @param share of the calls, chosen at random when they begin: 1 is all, 0 none, which is the
   *     default
   * @throws IllegalArgumentException if the share is not 0 to 1
   */
  public GrpcServer accessLog(double share) {
    return with(settings.operations().logged(share));
  }

  /**
   * Tells its services, methods and messages to whoever asks, over gRPC's reflection service; by
   * default off, since it tells all that there is. Only contracts that were made from generated
   * methods ({@link GrpcCall}) have descriptors to show; with none, {@code attach} logs a warning.
   * Then a tool needs no {@code .proto}:
   *
   * <pre>{@code
   * grpcurl -plaintext localhost:50051 list
   * grpcurl -plaintext localhost:50051 describe shop.Inventory
   * grpcurl -plaintext -d '{"product": "7"}' localhost:50051 shop.Inventory/CheckStock
   * }</pre>
   */
  public GrpcServer reflection() {
    return with(settings.operations().reflecting());
  }

  /**
   * Adds gRPC's channelz service, by which tools see the channels, servers and sockets of the whole
   * process, not of this server alone, with the addresses of all peers; by default off. It answers
   * only callers of the same machine (loopback, a Unix socket, the process itself) and refuses
   * others as PERMISSION_DENIED. A proxy on the same machine makes everybody such a caller: behind
   * one, leave it off. {@code attach} logs a warning.
   */
  public GrpcServer channelz() {
    return with(settings.operations().tellingChannels());
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

  private GrpcServer with(Operations operations) {
    return new GrpcServer(settings.operations(operations), services);
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
    return open.address();
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

  /**
   * Announces it, closes the port, serves for up to 2 s what clients send that have not yet heard
   * of it, and waits for what has begun; the rest is told DRAINING.
   */
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
