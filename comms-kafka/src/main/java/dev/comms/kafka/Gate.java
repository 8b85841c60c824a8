package dev.comms.kafka;

import dev.comms.contract.CommsException;
import dev.comms.contract.CommsException.Facts;
import dev.comms.contract.CommsException.Overloaded;
import dev.comms.contract.Effect;
import dev.comms.contract.Fault;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Holds back what is published to a topic until the topic was found, and then lets it pass in the
 * order in which it came: the producer must not look for a topic itself, since that blocks the one
 * thread that sends for all topics. A search that failed is made again for the next event, and the
 * gate is shut again when the topic has gone. Thread-safe.
 */
final class Gate {
  private static final int MOST_WAITING = 1_000;

  private final Supplier<CompletableFuture<Void>> search;

  /** By ticket, since what had passed comes back behind newcomers. Guarded by itself. */
  private final PriorityQueue<Passer> waiting =
      new PriorityQueue<>(Comparator.comparingLong(Passer::ticket));

  private boolean shutAgain;
  private volatile State state = State.SHUT;

  private enum State {
    /** Nobody looks for the topic. */
    SHUT,
    SEARCHING,
    /** The topic was found; those that waited pass, and newcomers still queue behind them. */
    PASSING,
    OPEN
  }

  /** With what looks for the topic; its future says whether it was found. */
  Gate(Supplier<CompletableFuture<Void>> search) {
    this.search = search;
  }

  /** Something that wants to pass; it is refused at most once, and not after its turn came. */
  interface Passer {
    /** Its place among all: who came later has a greater one. */
    long ticket();

    void pass();

    void refuse(CommsException why);
  }

  void enter(Passer passer) {
    if (state == State.OPEN) {
      passer.pass();
      return;
    }
    switch (queue(passer)) {
      case OPEN -> passer.pass();
      case FULL ->
          passer.refuse(
              new Overloaded(
                  Facts.of("kafka")
                      .effect(Effect.NONE)
                      .fault(Fault.OVERLOAD)
                      .message(
                          MOST_WAITING + " events wait for their topic to be found; slow down")));
      case FIRST -> look();
      case WAITING -> {}
    }
  }

  /**
   * For one that has passed and whose turn has come: true if it may go on. Otherwise the topic has
   * gone meanwhile, and it waits again, before all that came later; no bound is needed here, since
   * what is under way is bounded.
   */
  boolean stillOpen(Passer passer) {
    if (isFound()) {
      return true;
    }
    boolean first;
    synchronized (waiting) {
      if (isFound()) {
        return true;
      }
      waiting.add(passer);
      first = begin();
    }
    if (first) {
      look();
    }
    return false;
  }

  /** The topic has gone: nothing passes until it was found again. */
  void shut() {
    synchronized (waiting) {
      if (state == State.OPEN) {
        state = State.SHUT;
      } else if (state == State.PASSING) {
        // Whoever lets pass now does it: else two would, and mix up the order.
        shutAgain = true;
      }
    }
  }

  private boolean isFound() {
    State now = state;
    return now == State.OPEN || now == State.PASSING;
  }

  private Place queue(Passer passer) {
    synchronized (waiting) {
      if (state == State.OPEN) {
        return Place.OPEN;
      }
      if (waiting.size() >= MOST_WAITING) {
        return Place.FULL;
      }
      waiting.add(passer);
      return begin() ? Place.FIRST : Place.WAITING;
    }
  }

  private enum Place {
    OPEN,
    FULL,
    FIRST,
    WAITING
  }

  /** Under the lock: whether the caller is to look for the topic. */
  private boolean begin() {
    if (state != State.SHUT) {
      return false;
    }
    state = State.SEARCHING;
    return true;
  }

  private void look() {
    search.get().whenComplete((found, failure) -> end(failure));
  }

  private void end(@Nullable Throwable failure) {
    if (failure == null) {
      letPass();
      return;
    }
    List<Passer> refused = new ArrayList<>();
    synchronized (waiting) {
      while (!waiting.isEmpty()) {
        refused.add(waiting.remove());
      }
      state = State.SHUT;
    }
    CommsException why = CommsException.of("kafka", failure);
    refused.forEach(passer -> passer.refuse(why));
  }

  /** Opens only when nobody waits: else a newcomer would overtake one of the same key. */
  private void letPass() {
    synchronized (waiting) {
      state = State.PASSING;
    }
    while (true) {
      Passer next;
      synchronized (waiting) {
        if (shutAgain) {
          shutAgain = false;
          state = State.SHUT;
          if (waiting.isEmpty() || !begin()) {
            return;
          }
          break;
        }
        next = waiting.poll();
        if (next == null) {
          state = State.OPEN;
          return;
        }
      }
      next.pass();
    }
    look();
  }
}
