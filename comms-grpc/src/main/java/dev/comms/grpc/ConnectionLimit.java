package dev.comms.grpc;

import io.grpc.Attributes;
import io.grpc.ServerTransportFilter;
import java.util.concurrent.atomic.AtomicInteger;

/** Counts the calls in flight of each connection; the count lives and dies with the connection. */
final class ConnectionLimit extends ServerTransportFilter {
  private static final Attributes.Key<AtomicInteger> CALLS =
      Attributes.Key.create("comms-calls-in-flight");

  private final int most;

  ConnectionLimit(int most) {
    this.most = most;
  }

  int most() {
    return most;
  }

  @Override
  public Attributes transportReady(Attributes connection) {
    return connection.toBuilder().set(CALLS, new AtomicInteger()).build();
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
