package dev.comms.testkit;

import dev.comms.spi.Envelope;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Reads one shard from first to last, each event when the one before is done. */
final class Replaying {
  private final Iterator<Envelope> events;
  private final Function<Envelope, CompletableFuture<Void>> each;
  private final CompletableFuture<Void> end = new CompletableFuture<>();

  private Replaying(List<Envelope> events, Function<Envelope, CompletableFuture<Void>> each) {
    this.events = events.iterator();
    this.each = each;
  }

  /** Done when all were, or fails as the first that failed. */
  static CompletableFuture<Void> of(
      List<Envelope> events, Function<Envelope, CompletableFuture<Void>> each) {
    Replaying one = new Replaying(events, each);
    one.go();
    return one.end;
  }

  /** A loop while events are done at once, so that the stack stays flat. */
  private void go() {
    while (!end.isDone() && events.hasNext()) {
      CompletableFuture<Void> done;
      try {
        done = each.apply(events.next());
      } catch (RuntimeException broken) {
        end.completeExceptionally(broken);
        return;
      }
      if (!done.isDone() || done.isCompletedExceptionally()) {
        done.whenComplete((nothing, failure) -> next(failure));
        return;
      }
    }
    end.complete(null);
  }

  private void next(@Nullable Throwable failure) {
    if (failure == null) {
      go();
    } else {
      end.completeExceptionally(failure);
    }
  }
}
