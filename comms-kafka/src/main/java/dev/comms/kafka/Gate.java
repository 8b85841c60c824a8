package dev.comms.kafka;

import dev.comms.contract.CommsException;
import dev.comms.contract.CommsException.Facts;
import dev.comms.contract.CommsException.Overloaded;
import dev.comms.contract.Effect;
import dev.comms.contract.Fault;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Holds back what is published to a topic until the topic was found, and then lets it pass in the
 * order in which it came: the producer must not look for a topic itself, since that blocks the
 * caller. A search that failed is made again for the next event.
 */
final class Gate {
  private static final int MOST_WAITING = 1_000;

  private final Supplier<CompletableFuture<Void>> search;
  private final ArrayDeque<Passer> waiting = new ArrayDeque<>();
  private boolean searching;
  private volatile boolean open;

  /** With what looks for the topic; its future says whether it was found. */
  Gate(Supplier<CompletableFuture<Void>> search) {
    this.search = search;
  }

  /** Something that wants to pass; exactly one of the two is called, once. */
  interface Passer {
    void pass();

    void refuse(CommsException why);
  }

  void enter(Passer passer) {
    if (open) {
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
      case FIRST -> search.get().whenComplete((found, failure) -> end(failure));
      case WAITING -> {}
    }
  }

  private Place queue(Passer passer) {
    synchronized (waiting) {
      if (open) {
        return Place.OPEN;
      }
      if (waiting.size() >= MOST_WAITING) {
        return Place.FULL;
      }
      waiting.addLast(passer);
      if (searching) {
        return Place.WAITING;
      }
      searching = true;
      return Place.FIRST;
    }
  }

  private enum Place {
    OPEN,
    FULL,
    FIRST,
    WAITING
  }

  private void end(@Nullable Throwable failure) {
    if (failure == null) {
      letPass();
      return;
    }
    List<Passer> refused;
    synchronized (waiting) {
      refused = new ArrayList<>(waiting);
      waiting.clear();
      searching = false;
    }
    CommsException why = CommsException.of("kafka", failure);
    refused.forEach(passer -> passer.refuse(why));
  }

  /** Opens only when nobody waits: else a newcomer would overtake one of the same key. */
  private void letPass() {
    while (true) {
      Passer next;
      synchronized (waiting) {
        next = waiting.pollFirst();
        if (next == null) {
          open = true;
          return;
        }
      }
      next.pass();
    }
  }
}
