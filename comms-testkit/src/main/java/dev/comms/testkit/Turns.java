package dev.comms.testkit;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What is ready to run, in the order in which it became so; it runs one at a time. */
final class Turns {
  private final Deque<Turn> ready = new ArrayDeque<>();
  // Those that wait on the clock.
  private final Set<Turn> waiting = new LinkedHashSet<>();

  synchronized void add(Turn turn) {
    ready.add(turn);
  }

  synchronized void withdraw(Turn turn) {
    ready.remove(turn);
  }

  /** Takes it out if it has not begun; returns whether it did. */
  synchronized boolean revoke(Turn turn) {
    return !turn.begun() && ready.remove(turn);
  }

  synchronized void waits(Turn turn, boolean now) {
    if (now) {
      waiting.add(turn);
    } else {
      waiting.remove(turn);
    }
  }

  /** Interrupts those that wait; returns whether there were any. */
  boolean interruptAll() {
    List<Turn> all;
    synchronized (this) {
      all = List.copyOf(waiting);
    }
    all.forEach(Turn::interrupt);
    return !all.isEmpty();
  }

  private synchronized @Nullable Turn poll() {
    return ready.poll();
  }

  /** Runs all that is ready, and what that makes ready. */
  void run() {
    for (Turn turn = poll(); turn != null; turn = poll()) {
      turn.go();
    }
  }
}
