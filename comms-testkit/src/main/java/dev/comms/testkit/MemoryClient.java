package dev.comms.testkit;

import dev.comms.contract.Call;
import dev.comms.contract.CommsException;
import dev.comms.contract.Deadline;
import dev.comms.contract.Download;
import dev.comms.contract.Effect;
import dev.comms.contract.StreamCall;
import dev.comms.contract.Time;
import dev.comms.spi.Ability;
import dev.comms.spi.CallTransport;
import dev.comms.spi.Envelope;
import dev.comms.spi.Health;
import dev.comms.spi.Host;
import dev.comms.spi.Pipe;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** Calls one server. */
final class MemoryClient implements CallTransport {
  private final Network network;
  private final String target;
  private final InFlight calls = new InFlight();
  private volatile @Nullable Host host;
  private volatile Instant since = Instant.EPOCH;
  private volatile boolean closed;

  MemoryClient(Network network, String target) {
    this.network = network;
    this.target = target;
  }

  @Override
  public String system() {
    return "memory";
  }

  @Override
  public Set<Ability> abilities() {
    return Set.of(Ability.CLIENT_STREAMS);
  }

  @Override
  public String target() {
    return target;
  }

  @Override
  public CompletableFuture<Void> attach(Host to) {
    since = to.time().now();
    host = to;
    return CompletableFuture.completedFuture(null);
  }

  @Override
  public CompletableFuture<Envelope> call(Call<?, ?> call, Envelope request, Deadline deadline) {
    String contract = call.name();
    MemoryServer server = network.find(target);
    CommsException refusal = refusal(contract, server, deadline);
    if (refusal != null || server == null) {
      return CompletableFuture.failedFuture(refusal);
    }
    CompletableFuture<Envelope> reply = new CompletableFuture<>();
    if (!calls.begin(reply)) {
      return CompletableFuture.failedFuture(notOpen(contract));
    }
    Time.Cancellable timer =
        time()
            .schedule(
                deadline.remaining(),
                () -> reply.completeExceptionally(Wire.late(contract, Effect.POSSIBLE)));
    CompletableFuture<Envelope> work = server.call(request, deadline);
    work.whenComplete(
        (answer, failure) -> {
          if (failure == null) {
            reply.complete(answer);
          } else {
            reply.completeExceptionally(arriving(contract, server, failure));
          }
        });
    reply.whenComplete(
        (answer, failure) -> {
          timer.cancel();
          work.cancel(true);
        });
    return reply;
  }

  @Override
  public CompletableFuture<Pipe> open(StreamCall<?, ?> call, Envelope head, Deadline deadline) {
    String contract = call.name();
    MemoryServer server = network.find(target);
    CommsException refusal = refusal(contract, server, deadline);
    if (refusal != null || server == null) {
      return CompletableFuture.failedFuture(refusal);
    }
    CompletableFuture<Void> life = new CompletableFuture<>();
    if (!calls.begin(life)) {
      return CompletableFuture.failedFuture(notOpen(contract));
    }
    MemoryPipe pipe = new MemoryPipe(contract, !(call instanceof Download<?, ?>));
    Time.Cancellable timer =
        time()
            .schedule(deadline.remaining(), () -> pipe.abort(Wire.late(contract, Effect.POSSIBLE)));
    pipe.ended()
        .whenComplete(
            (nothing, failure) -> {
              timer.cancel();
              life.complete(null);
            });
    CompletableFuture<Void> work = server.stream(head, pipe.new Far(), deadline);
    work.whenComplete(
        (nothing, failure) ->
            pipe.answered(failure == null ? null : arriving(contract, server, failure)));
    pipe.aborted().thenRun(() -> work.cancel(true));
    life.whenComplete(
        (nothing, closed) -> {
          if (closed != null) {
            pipe.abort(
                Wire.unavailable(contract, Effect.POSSIBLE, "the client ended while it was open"));
          }
        });
    return CompletableFuture.completedFuture(pipe.new Near());
  }

  private static CommsException arriving(String contract, MemoryServer server, Throwable failure) {
    return failure instanceof CancellationException && server.isClosed()
        ? Wire.unavailable(contract, Effect.POSSIBLE, "the server ended while it answered")
        : Wire.carried(contract, failure);
  }

  private @Nullable CommsException refusal(
      String contract, @Nullable MemoryServer server, Deadline deadline) {
    if (host == null || calls.draining()) {
      return notOpen(contract);
    }
    if (server == null) {
      return Wire.unavailable(
          contract, Effect.NONE, "nobody listens at " + target + "; start a server there");
    }
    return deadline.expired() ? Wire.late(contract, Effect.NONE) : null;
  }

  private static CommsException notOpen(String contract) {
    return Wire.unavailable(
        contract, Effect.NONE, "the client is not open; use it between start and close");
  }

  private Time time() {
    Host here = host;
    return here == null ? Time.system() : here.time();
  }

  @Override
  public Health health() {
    Health.State state =
        closed
            ? Health.State.DOWN
            : network.find(target) == null ? Health.State.STARTING : Health.State.UP;
    return Health.of(List.of(new Health.Part("client of " + target, state, since, Map.of())));
  }

  @Override
  public CompletableFuture<Void> drain(Deadline deadline) {
    return calls.drain(time(), deadline);
  }

  @Override
  public void close() {
    closed = true;
    calls.close().forEach(call -> call.cancel(true));
  }
}
