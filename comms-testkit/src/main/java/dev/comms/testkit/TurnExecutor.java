package dev.comms.testkit;

import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.AbstractExecutorService;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** Runs work when it is its turn. It never rejects: after its end too somebody may wait for it. */
final class TurnExecutor extends AbstractExecutorService {
  private final TestClock clock;
  private final Turns turns;
  private final String name;
  private final CompletableFuture<Void> terminated = new CompletableFuture<>();
  // Both guarded by this. Bounded by what the service lets wait.
  private final Set<Turn> unended = new LinkedHashSet<>();
  private boolean shutdown;

  TurnExecutor(TestClock clock, Turns turns, String name) {
    this.clock = clock;
    this.turns = turns;
    this.name = name;
  }

  String name() {
    return name;
  }

  @Override
  public void execute(Runnable work) {
    Turn turn = new Turn(turns, this, work);
    synchronized (this) {
      unended.add(turn);
    }
    turns.add(turn);
  }

  void ended(Turn turn) {
    boolean last;
    synchronized (this) {
      unended.remove(turn);
      last = shutdown && unended.isEmpty();
    }
    if (last) {
      terminated.complete(null);
    }
  }

  @Override
  public void shutdown() {
    boolean last;
    synchronized (this) {
      shutdown = true;
      last = unended.isEmpty();
    }
    if (last) {
      terminated.complete(null);
    }
  }

  @Override
  public List<Runnable> shutdownNow() {
    shutdown();
    List<Runnable> left = new ArrayList<>();
    for (Turn turn : snapshot()) {
      if (turns.revoke(turn)) {
        left.add(turn.work());
        ended(turn);
      } else {
        turn.interrupt();
      }
    }
    return left;
  }

  private synchronized List<Turn> snapshot() {
    return List.copyOf(unended);
  }

  @Override
  public synchronized boolean isShutdown() {
    return shutdown;
  }

  @Override
  public boolean isTerminated() {
    return terminated.isDone();
  }

  @Override
  public boolean awaitTermination(long timeout, TimeUnit unit) throws InterruptedException {
    clock.pass(terminated, Duration.ofNanos(unit.toNanos(timeout)));
    return isTerminated();
  }
}
