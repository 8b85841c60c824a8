package dev.comms.testkit;

import dev.comms.contract.CommsException.Misconfigured;
import dev.comms.contract.Contract;
import dev.comms.contract.Deadline;
import dev.comms.contract.Effect;
import dev.comms.spi.Ability;
import dev.comms.spi.CallServer;
import dev.comms.spi.Envelope;
import dev.comms.spi.Health;
import dev.comms.spi.Host;
import dev.comms.spi.Pipe;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;

/** Answers on the caller's thread. */
final class MemoryServer implements CallServer {
  private final Network network;
  private final Map<String, Answerer> answerers = new ConcurrentHashMap<>();
  private final InFlight running = new InFlight();
  private volatile @Nullable Host host;
  private volatile String address = "";
  private volatile Instant since = Instant.EPOCH;
  private volatile boolean closed;

  MemoryServer(Network network) {
    this.network = network;
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
  public String address() {
    return address;
  }

  @Override
  public void answer(Map<Contract, Answerer> all) {
    all.forEach((contract, answerer) -> answerers.put(contract.name(), answerer));
  }

  @Override
  public CompletableFuture<Void> attach(Host to) {
    if (host != null) {
      return CompletableFuture.failedFuture(
          new Misconfigured("memory", "attached a second time; make a new server instead"));
    }
    host = to;
    since = to.time().now();
    address = network.listen(this);
    return CompletableFuture.completedFuture(null);
  }

  CompletableFuture<Envelope> call(Envelope request, Deadline deadline) {
    return begin(request, deadline, (answerer, mine) -> answerer.answer(request, mine));
  }

  CompletableFuture<Void> stream(Envelope head, Pipe pipe, Deadline deadline) {
    return begin(head, deadline, (answerer, mine) -> answerer.stream(head, pipe, mine));
  }

  private <T> CompletableFuture<T> begin(
      Envelope request,
      Deadline deadline,
      BiFunction<Answerer, Deadline, CompletableFuture<T>> how) {
    String contract = request.contract();
    Host here = host;
    CompletableFuture<T> answer = new CompletableFuture<>();
    // Begun before the handler is, or a drain could end between the two.
    if (here == null || !running.begin(answer)) {
      return CompletableFuture.failedFuture(
          Wire.unavailable(contract, Effect.NONE, address + " is draining; try another"));
    }
    Answerer answerer = answerers.get(contract);
    if (answerer == null) {
      answer.completeExceptionally(Wire.unimplemented(contract));
      return answer;
    }
    try {
      bind(answer, how.apply(answerer, Deadline.after(here.time(), deadline.remaining())));
    } catch (RuntimeException broken) {
      answer.completeExceptionally(broken);
    }
    return answer;
  }

  private static <T> void bind(CompletableFuture<T> answer, CompletableFuture<T> work) {
    work.whenComplete(
        (value, failure) -> {
          if (failure == null) {
            answer.complete(value);
          } else {
            answer.completeExceptionally(failure);
          }
        });
    answer.whenComplete((value, failure) -> work.cancel(true));
  }

  /** Whether it ended, so that what was cancelled was so by its end. */
  boolean isClosed() {
    return closed;
  }

  @Override
  public Health health() {
    Health.State state =
        closed
            ? Health.State.DOWN
            : running.draining()
                ? Health.State.DRAINING
                : host == null ? Health.State.STARTING : Health.State.UP;
    Map<String, String> facts = Map.of("running", String.valueOf(running.size()));
    return Health.of(List.of(new Health.Part("server " + address, state, since, facts)));
  }

  @Override
  public CompletableFuture<Void> drain(Deadline deadline) {
    Host here = host;
    return here == null
        ? CompletableFuture.completedFuture(null)
        : running.drain(here.time(), deadline);
  }

  @Override
  public void close() {
    closed = true;
    network.leave(address);
    running.close().forEach(work -> work.cancel(true));
  }
}
