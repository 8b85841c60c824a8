package dev.comms.testkit;

import dev.comms.contract.Deadline;
import dev.comms.contract.Time;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;

/** What was begun and has not ended. Safe for use by many threads. */
final class InFlight {
  // In the order of their beginning: so they end in the same order in every run.
  private final Set<CompletableFuture<?>> running = new LinkedHashSet<>();
  private final CompletableFuture<Void> idle = new CompletableFuture<>();
  private boolean draining;

  /**
   * Counts this as begun until it is done, unless it drains: asking first and beginning then would
   * let a call slip past a drain or a close, which nobody would end.
   *
   * @return whether it was begun
   */
  boolean begin(CompletableFuture<?> work) {
    synchronized (this) {
      if (draining) {
        return false;
      }
      running.add(work);
    }
    work.whenComplete((value, failure) -> ended(work));
    return true;
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
