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
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * Calls to one destination over gRPC. The connection is TLS, and the server's name is checked,
 * unless {@link #plaintext()} says otherwise. Calls are spread over all addresses of the
 * destination; gRPC connects in the background and again after a loss. The settings are immutable:
 * each method returns a copy, which is attached on its own. Safe for use by many threads.
 */
public final class GrpcTransport implements CallTransport {
  private final ClientSettings settings;
  private final AtomicReference<@Nullable Session> session = new AtomicReference<>();

  private GrpcTransport(ClientSettings settings) {
    this.settings = settings;
  }

  /**
   * A destination in gRPC's name syntax, such as {@code dns:///inventory:50051} or {@code
   * 127.0.0.1:50051}.
   *
   * @throws IllegalArgumentException if the target is empty
   */
  public static GrpcTransport to(String target) {
    return new GrpcTransport(ClientSettings.of(Objects.requireNonNull(target, "target")));
  }

  /** Without TLS: whoever sits between can read and change all. */
  public GrpcTransport plaintext() {
    return new GrpcTransport(
        new ClientSettings(
            settings.target(),
            true,
            settings.trusted(),
            settings.maxMessageBytes(),
            settings.keepAlive()));
  }

  /** Trusts the certificates in this PEM file, and not the JVM's; it is read when attached. */
  public GrpcTransport trusting(Path certificates) {
    return new GrpcTransport(
        new ClientSettings(
            settings.target(),
            settings.plaintext(),
            Objects.requireNonNull(certificates, "certificates"),
            settings.maxMessageBytes(),
            settings.keepAlive()));
  }

  /** The largest message in bytes, sent or received; by default 4 MiB. */
  public GrpcTransport maxMessageBytes(int most) {
    return new GrpcTransport(
        new ClientSettings(
            settings.target(),
            settings.plaintext(),
            settings.trusted(),
            most,
            settings.keepAlive()));
  }

  /**
   * How long a connection with calls may be silent before it is probed; at least 10 s, by default
   * 30 s, and never less than the server permits (20 s for {@link GrpcServer}). A probe that is not
   * answered within 10 s ends the connection.
   */
  public GrpcTransport keepAlive(Duration silence) {
    return new GrpcTransport(
        new ClientSettings(
            settings.target(),
            settings.plaintext(),
            settings.trusted(),
            settings.maxMessageBytes(),
            Objects.requireNonNull(silence, "silence")));
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
