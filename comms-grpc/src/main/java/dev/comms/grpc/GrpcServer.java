package dev.comms.grpc;

import dev.comms.contract.CommsException;
import dev.comms.contract.Contract;
import dev.comms.contract.Deadline;
import dev.comms.grpc.ServerSettings.Limits;
import dev.comms.spi.Ability;
import dev.comms.spi.CallServer;
import dev.comms.spi.Health;
import dev.comms.spi.Host;
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
 * <p>What is not settable: a TLS handshake within 10 s, 8 KiB of metadata per call, no more than
 * ten times as many resets within 10 s as a connection may have calls in flight, a probe of silent
 * connections every 30 s, clients may probe every 20 s, and a connection that has reached its age
 * is given as long as the longest contract to finish, at least 30 s.
 */
public final class GrpcServer implements CallServer {
  private final ServerSettings settings;
  private final AtomicReference<@Nullable Listening> listening = new AtomicReference<>();
  private volatile Map<Contract, Answerer> answerers = Map.of();

  private GrpcServer(ServerSettings settings) {
    this.settings = settings;
  }

  /**
   * Listens on this port once attached; 0 takes any free one, see {@link #address()}.
   *
   * @throws IllegalArgumentException if the port is not 0 to 65535
   */
  public static GrpcServer on(int port) {
    return new GrpcServer(new ServerSettings(port, ServerSecurity.TLS, Limits.DEFAULT));
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
    return new GrpcServer(settings.security(security));
  }

  private GrpcServer with(Limits limits) {
    return new GrpcServer(settings.limits(limits));
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
    answerers = Map.copyOf(all);
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
