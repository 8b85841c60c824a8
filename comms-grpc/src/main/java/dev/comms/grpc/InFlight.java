package dev.comms.grpc;

import dev.comms.contract.Deadline;
import dev.comms.spi.Host;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;

/** What was begun and has not ended. Its bound is the caller's; it refuses all once it drains. */
final class InFlight {

  /** Something begun that can be called off. */
  interface Work {
    void abort();
  }

  private final Set<Work> begun = ConcurrentHashMap.newKeySet();
  private final CompletableFuture<Void> empty = new CompletableFuture<>();
  private volatile boolean draining;

  /** False once it drains; the work must not begin then. */
  boolean begin(Work work) {
    begun.add(work);
    // Looked at after adding: a drain that began in between either sees the work or is seen here.
    if (draining) {
      end(work);
      return false;
    }
    return true;
  }

  /** May be said more than once. */
  void end(Work work) {
    begun.remove(work);
    whenEmpty();
  }

  int size() {
    return begun.size();
  }

  boolean draining() {
    return draining;
  }

  /** Takes nothing more; what has begun goes on. */
  void refuse() {
    draining = true;
    whenEmpty();
  }

  /**
   * Done when all has ended; what has not at the deadline is called off, and then it is done too.
   */
  CompletableFuture<Void> drain(Host host, Deadline deadline) {
    refuse();
    if (empty.isDone()) {
      return empty;
    }
    Duration left = deadline.remaining().isNegative() ? Duration.ZERO : deadline.remaining();
    var timer = host.time().schedule(left, () -> host.callbacks().execute(this::abortAll));
    empty.whenComplete((done, never) -> timer.cancel());
    return empty;
  }

  private void abortAll() {
    begun.forEach(Work::abort);
    empty.complete(null);
  }

  private void whenEmpty() {
    if (draining && begun.isEmpty()) {
      empty.complete(null);
    }
  }
}
