package dev.comms.testkit;

import java.util.ArrayDeque;
import java.util.Deque;
import org.jspecify.annotations.Nullable;

/** What is ready to run, in the order in which it became so; it runs one at a time. */
final class Turns {
  private final Deque<Turn> ready = new ArrayDeque<>();

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
