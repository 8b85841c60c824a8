package dev.comms.testkit;

import dev.comms.contract.CommsException;
import dev.comms.contract.Deadline;
import dev.comms.spi.DeadLetters;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;

/** The dead letters of one queue, or of one event in one group. */
final class MemoryDeadLetters implements DeadLetters {
  private final Grave grave;

  MemoryDeadLetters(Grave grave) {
    this.grave = grave;
  }

  @Override
  public CompletableFuture<Long> count() {
    return CompletableFuture.completedFuture((long) grave.size());
  }

  @Override
  public CompletableFuture<Swept> sweep(Function<Letter, Choice> choose, Deadline deadline) {
    try {
      return CompletableFuture.completedFuture(swept(choose, deadline));
    } catch (RuntimeException broken) {
      return CompletableFuture.failedFuture(CommsException.of("dead letters", broken));
    }
  }

  private Swept swept(Function<Letter, Choice> choose, Deadline deadline) {
    long seen = 0;
    long kept = 0;
    long redriven = 0;
    long discarded = 0;
    for (Grave.Dead dead : grave.all()) {
      if (deadline.expired()) {
        break;
      }
      seen++;
      switch (choose.apply(dead.letter())) {
        case KEEP -> kept++;
        case REDRIVE -> redriven += grave.redrive(dead) ? 1 : 0;
        case DISCARD -> discarded += grave.discard(dead) ? 1 : 0;
        case STOP -> {
          return new Swept(seen, kept + 1, redriven, discarded);
        }
      }
    }
    return new Swept(seen, kept, redriven, discarded);
  }
}
