package dev.comms.testkit;

import dev.comms.contract.Deadline;
import dev.comms.contract.Time;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;

/** What was begun and has not ended. Safe for use by many threads. */
final class InFlight {
  private final Set<CompletableFuture<?>> running = new HashSet<>();
  private final CompletableFuture<Void> idle = new CompletableFuture<>();
  private boolean draining;

  /** Counts this as begun until it is done. */
  void begin(CompletableFuture<?> work) {
    synchronized (this) {
      running.add(work);
    }
    work.whenComplete((value, failure) -> ended(work));
  }

  @SuppressWarnings("CollectionUndefinedEquality") // a future is equal to itself, as is meant here
  private void ended(CompletableFuture<?> work) {
    boolean last;
    synchronized (this) {
      running.remove(work);
      last = draining && running.isEmpty();
    }
    if (last) {
      idle.complete(null);
    }
  }

  synchronized boolean draining() {
    return draining;
  }

  synchronized int size() {
    return running.size();
  }

  CompletableFuture<Void> drain(Time time, Deadline deadline) {
    boolean empty;
    synchronized (this) {
      draining = true;
      empty = running.isEmpty();
    }
    if (empty) {
      idle.complete(null);
    }
    var timer = time.schedule(deadline.remaining(), () -> idle.complete(null));
    idle.thenRun(timer::cancel);
    return idle.copy();
  }

  /** Takes nothing more, and ends what runs. */
  List<CompletableFuture<?>> close() {
    synchronized (this) {
      draining = true;
      return List.copyOf(running);
    }
  }
}
