package dev.comms.grpc;

import dev.comms.spi.Host;
import io.grpc.Attributes;
import io.grpc.ServerTransportFilter;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * Counts the connections, and the calls in flight of each; that count lives and dies with its
 * connection.
 */
final class ConnectionLimit extends ServerTransportFilter {
  private static final Attributes.Key<AtomicInteger> CALLS =
      Attributes.Key.create("comms-calls-in-flight");

  private final int most;
  private final AtomicInteger open = new AtomicInteger();
  private final CompletableFuture<Void> gone = new CompletableFuture<>();
  private volatile boolean leaving;

  ConnectionLimit(int most) {
    this.most = most;
  }

  int most() {
    return most;
  }

  @Override
  public Attributes transportReady(Attributes connection) {
    open.incrementAndGet();
    return connection.toBuilder().set(CALLS, new AtomicInteger()).build();
  }

  @Override
  public void transportTerminated(@Nullable Attributes connection) {
    // Null for one that never became ready, such as a balancer's probe: it was never counted, and
    // what is thrown here would make gRPC keep it for ever.
    if (connection != null && connection.get(CALLS) != null) {
      open.decrementAndGet();
      whenGone();
    }
  }

  private void whenGone() {
    if (leaving && open.get() <= 0) {
      gone.complete(null);
    }
  }

  /** Done when the last connection has gone after a GOAWAY, or after this while at most. */
  CompletableFuture<Void> gone(Host host, Duration most) {
    leaving = true;
    whenGone();
    if (!gone.isDone()) {
      var timer =
          host.time().schedule(most, () -> host.callbacks().execute(() -> gone.complete(null)));
      gone.whenComplete((done, never) -> timer.cancel());
    }
    return gone;
  }

  /** False when the connection has its fill; only after true is there something to release. */
  boolean acquire(Attributes connection) {
    AtomicInteger calls = connection.get(CALLS);
    if (calls != null && calls.incrementAndGet() > most) {
      calls.decrementAndGet();
      return false;
    }
    return true;
  }

  void release(Attributes connection) {
    AtomicInteger calls = connection.get(CALLS);
    if (calls != null) {
      calls.decrementAndGet();
    }
  }
}
