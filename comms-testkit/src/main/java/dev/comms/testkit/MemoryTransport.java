package dev.comms.testkit;

import dev.comms.contract.CommsException;
import dev.comms.contract.CommsException.Facts;
import dev.comms.contract.CommsException.Misconfigured;
import dev.comms.contract.Deadline;
import dev.comms.contract.Effect;
import dev.comms.contract.Fault;
import dev.comms.spi.Health;
import dev.comms.spi.Host;
import dev.comms.spi.Transport;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** What the transports of tasks and events share: a life, and consumers that end with it. */
abstract class MemoryTransport implements Transport {
  private final List<Member> members = new ArrayList<>();
  private @Nullable Host host;
  private Instant since = Instant.EPOCH;
  private boolean closed;

  @Override
  public final String system() {
    return "memory";
  }

  /** Whether the broker is away. */
  abstract boolean down();

  @Override
  public final synchronized CompletableFuture<Void> attach(Host to) {
    if (host != null || closed) {
      return CompletableFuture.failedFuture(
          new Misconfigured("memory", "attached a second time; make a new transport instead"));
    }
    host = to;
    since = to.time().now();
    return CompletableFuture.completedFuture(null);
  }

  final synchronized Host host() {
    if (host == null) {
      throw new Misconfigured("memory", "used before it was attached; call start() first");
    }
    return host;
  }

  /** Why it cannot be used, or null if it can. */
  final synchronized @Nullable CommsException refusal(String contract) {
    if (host != null && !closed) {
      return null;
    }
    String why = closed ? "the transport is closed" : "the transport is not attached";
    return new CommsException.Unavailable(
        Facts.of(contract)
            .effect(Effect.NONE)
            .fault(Fault.LOCAL)
            .message(why + "; use it between start and close"));
  }

  /** Begins a consumer that ends with this transport. */
  final synchronized <M extends Member> M begin(String contract, M member) {
    CommsException refusal = refusal(contract);
    if (refusal != null) {
      throw refusal;
    }
    members.removeIf(Member::isClosed);
    members.add(member);
    return member;
  }

  private synchronized List<Member> members() {
    return List.copyOf(members);
  }

  @Override
  public final synchronized Health health() {
    Health.State state =
        closed || down()
            ? Health.State.DOWN
            : host == null ? Health.State.STARTING : Health.State.UP;
    return Health.of(List.of(new Health.Part("memory", state, since, Map.of())));
  }

  @Override
  public final CompletableFuture<Void> drain(Deadline deadline) {
    return CompletableFuture.allOf(
        members().stream().map(member -> member.drain(deadline)).toArray(CompletableFuture[]::new));
  }

  @Override
  public final void close() {
    synchronized (this) {
      closed = true;
    }
    members().forEach(Member::close);
  }
}
