package dev.comms.grpc;

import dev.comms.contract.Call;
import dev.comms.contract.CommsException;
import dev.comms.contract.CommsException.Facts;
import dev.comms.contract.Contract;
import dev.comms.contract.Deadline;
import dev.comms.contract.Effect;
import dev.comms.contract.Fault;
import dev.comms.contract.StreamCall;
import dev.comms.spi.Ability;
import dev.comms.spi.CallTransport;
import dev.comms.spi.Envelope;
import dev.comms.spi.Health;
import dev.comms.spi.Host;
import dev.comms.spi.Pipe;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Calls to one destination over gRPC. The connection is TLS, and the server's name is checked,
 * unless {@link #plaintext()} says otherwise. Calls are spread over all addresses of the
 * destination, leaving out those whose health service says NOT_SERVING (gRFC A17) and those that
 * fail far more than others (see {@link #keepingOutliers()}); gRPC connects in the background and
 * again after a loss. The settings are immutable: each method returns a copy, which is attached on
 * its own. Safe for use by many threads.
 *
 * <p>Names are looked up again when a connection is lost, for {@code dns:///} at most every 30 s. A
 * server that joins is found then; {@link GrpcServer#maxConnectionAge} makes that happen.
 *
 * <p>What is not settable: 10 s to answer a probe, and the waits between two attempts to connect.
 * While there is no connection and calls are made, these are an eighth of how long it has been
 * away, at least 250 ms and at most 5 s, plus or minus a fifth.
 */
public final class GrpcTransport implements CallTransport {
  private final ClientSettings settings;
  private final AtomicReference<@Nullable Session> session = new AtomicReference<>();

  private GrpcTransport(ClientSettings settings) {
    this.settings = settings;
  }

  /**
   * A destination in gRPC's name syntax, such as {@code dns:///inventory:50051}, {@code
   * 127.0.0.1:50051} or {@code unix:///run/shop/inventory.sock}, or what {@link
   * GrpcServer#address()} says.
   *
   * @throws IllegalArgumentException if the target is empty
   */
  public static GrpcTransport to(String target) {
    return new GrpcTransport(ClientSettings.of(Objects.requireNonNull(target, "target")));
  }

  /**
   * The servers of this list, each {@code host:port} with an IPv6 address in brackets. A host may
   * be a name: all its addresses are used, it is looked up again when a connection is lost, and one
   * that cannot be found is left out with a warning while others can. TLS checks each server's
   * certificate against that server's own entry in the list. In metrics and failures the
   * destination is the list, joined by commas.
   *
   * @throws IllegalArgumentException if the list is empty, an entry is no host and port, or one is
   *     there twice
   */
  public static GrpcTransport toAll(String... servers) {
    List<Place> places = Arrays.stream(servers).map(Place::of).toList();
    if (places.isEmpty() || Set.copyOf(places).size() < places.size()) {
      throw new IllegalArgumentException(
          "grpc: the list "
              + places.stream().map(Place::authority).toList()
              + " is empty or has a server twice; name each once");
    }
    String target = places.stream().map(Place::authority).collect(Collectors.joining(","));
    return new GrpcTransport(ClientSettings.of(target).connecting(Connecting.DEFAULT.list(places)));
  }

  /**
   * The {@link GrpcServer#inProcess} of this name in the same process, for tests. Needs the
   * optional library {@code io.grpc:grpc-inprocess}.
   *
   * @throws IllegalArgumentException if the name is empty
   */
  public static GrpcTransport inProcess(String name) {
    return to(Channels.inProcess(name));
  }

  /**
   * Without TLS: whoever sits between can read and change all.
   *
   * @throws IllegalArgumentException if it also has what only TLS protects
   */
  public GrpcTransport plaintext() {
    return with(settings.security().inPlaintext());
  }

  /**
   * Trusts the certificates in this PEM file, and not the JVM's. The file is read when attached and
   * looked at again every 10 s: what changed counts from the next connection on, and a file that
   * cannot be used changes nothing but the log.
   */
  public GrpcTransport trusting(Path certificates) {
    return with(settings.security().trusting(Objects.requireNonNull(certificates, "certificates")));
  }

  /**
   * Shows this certificate to a server that asks for one (mutual TLS): a chain and its private key
   * (PKCS #8, not encrypted), both PEM. Both are read when attached and looked at again every 10 s;
   * they change together, and a half-written pair changes nothing but the log. Health has the
   * certificate's end as {@code tlsExpires}.
   *
   * @throws IllegalArgumentException beside {@link #plaintext()}
   */
  public GrpcTransport identity(Path certificateChain, Path privateKey) {
    return with(settings.security().identity(new KeyFiles(certificateChain, privateKey)));
  }

  /**
   * Sends a token with each call and each stream's opening, as {@code authorization: Bearer} (RFC
   * 6750). The supplier is asked once per attempt, so one that keeps its token until shortly before
   * its end costs nothing; it must not block, since it runs on one of the few threads for
   * callbacks, and the call waits for its stage within the call's own deadline. When it fails, the
   * call fails as {@code Unavailable} with no effect and the fault {@code LOCAL}.
   *
   * @throws IllegalArgumentException beside {@link #plaintext()}, where everybody could read it
   */
  public GrpcTransport bearer(Supplier<? extends CompletionStage<String>> token) {
    return with(settings.security().bearer(new Bearer(Objects.requireNonNull(token), false)));
  }

  /**
   * As {@link #bearer}, and also without TLS: for a loopback or for a mesh that encrypts by itself.
   */
  public GrpcTransport bearerEvenOnPlaintext(Supplier<? extends CompletionStage<String>> token) {
    return with(settings.security().bearer(new Bearer(Objects.requireNonNull(token), true)));
  }

  private GrpcTransport with(ClientSecurity security) {
    return new GrpcTransport(settings.security(security));
  }

  /** How long to wait between two looks at the TLS files; for tests. */
  GrpcTransport reloadEvery(Duration wait) {
    return with(settings.security().reloadEvery(wait));
  }

  /** The largest message in bytes, sent or received; by default 4 MiB. */
  public GrpcTransport maxMessageBytes(int most) {
    return new GrpcTransport(settings.maxMessageBytes(most));
  }

  /**
   * How long a connection with calls may be silent before it is probed; at least 10 s, by default
   * 30 s, and never less than the server permits (20 s for {@link GrpcServer}). A probe that is not
   * answered within 10 s ends the connection.
   */
  public GrpcTransport keepAlive(Duration silence) {
    return new GrpcTransport(settings.keepAlive(Objects.requireNonNull(silence, "silence")));
  }

  /**
   * While there is no connection, calls wait for one until their deadline; by default they fail at
   * once, without effect, so that they can be tried elsewhere. While the first connection is being
   * made, calls wait in any case.
   */
  public GrpcTransport waitingForReady() {
    return with(settings.connecting().waiting());
  }

  /**
   * Compresses requests of 1 KiB or more with gzip; by default not. A server that cannot read it
   * answers UNIMPLEMENTED; {@link GrpcServer} always can. Replies are read either way, and {@link
   * #maxMessageBytes} bounds what they become.
   */
  public GrpcTransport compressed() {
    return with(settings.connecting().compressing());
  }

  /**
   * Keeps sending to servers that fail far more than others. By default (gRFC A50), of three or
   * more addresses one is left out for 30 s, and longer each time, when 85 % of at least 20 calls
   * failed within 10 s; at most one third of the addresses is left out. Every status but OK counts
   * as a failure there.
   */
  public GrpcTransport keepingOutliers() {
    return with(settings.connecting().outliersEvery(Duration.ZERO));
  }

  /** For tests, which cannot wait for 10 s. */
  GrpcTransport comparedEvery(Duration interval) {
    return with(settings.connecting().outliersEvery(interval));
  }

  /** For tests, which cannot change DNS. */
  GrpcTransport lookingUp(Connecting.Lookup lookup) {
    return with(settings.connecting().lookup(lookup));
  }

  private GrpcTransport with(Connecting connecting) {
    return new GrpcTransport(settings.connecting(connecting));
  }

  @Override
  public String system() {
    return "grpc";
  }

  @Override
  public Set<Ability> abilities() {
    return Set.of(Ability.CLIENT_STREAMS);
  }

  @Override
  public String target() {
    return settings.target();
  }

  /** Done at once: gRPC connects in the background, and calls wait for it until their deadline. */
  @Override
  public CompletableFuture<Void> attach(Host host) {
    try {
      Session mine = new Session(settings, host);
      if (!session.compareAndSet(null, mine)) {
        mine.close();
        throw new CommsException.Misconfigured(
            "grpc " + target(), "attached twice; make one transport for each Comms");
      }
      return CompletableFuture.completedFuture(null);
    } catch (CommsException wrong) {
      return CompletableFuture.failedFuture(wrong);
    }
  }

  @Override
  public CompletableFuture<Envelope> call(Call<?, ?> call, Envelope request, Deadline deadline) {
    try {
      Session open = session(call);
      open.check(call, request, deadline);
      return new UnaryAttempt(open, call, request, deadline).start();
    } catch (CommsException refused) {
      return CompletableFuture.failedFuture(refused);
    }
  }

  @Override
  public CompletableFuture<Pipe> open(StreamCall<?, ?> call, Envelope head, Deadline deadline) {
    try {
      Session open = session(call);
      open.check(call, head, deadline);
      return new ClientPipe(open, call, head, deadline).open();
    } catch (CommsException refused) {
      return CompletableFuture.failedFuture(refused);
    }
  }

  private Session session(Contract contract) {
    Session open = session.get();
    if (open == null) {
      throw new CommsException.Misconfigured(
          Facts.of(contract.name())
              .effect(Effect.NONE)
              .fault(Fault.LOCAL)
              .message("called before the transport was attached; call comms.start() first"));
    }
    return open;
  }

  @Override
  public Health health() {
    Session open = session.get();
    return open != null
        ? open.health()
        : Health.of(
            List.of(
                new Health.Part(
                    "grpc " + target(),
                    Health.State.STARTING,
                    Instant.EPOCH,
                    Map.of("connection", "not attached"))));
  }

  @Override
  public CompletableFuture<Void> drain(Deadline deadline) {
    Session open = session.get();
    return open == null
        ? CompletableFuture.completedFuture(null)
        : open.inFlight().drain(open.host(), deadline);
  }

  @Override
  public void close() {
    Session open = session.get();
    if (open != null) {
      open.close();
    }
  }

  /** Names the destination. */
  @Override
  public String toString() {
    return "grpc " + target();
  }
}
