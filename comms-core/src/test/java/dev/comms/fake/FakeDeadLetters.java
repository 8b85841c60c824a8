package dev.comms.fake;

import dev.comms.contract.Deadline;
import dev.comms.spi.DeadLetters;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.function.Function;

/** Letters that the test puts there; what is redriven goes where the test says. */
public final class FakeDeadLetters implements DeadLetters {
  // Guarded by this.
  private final List<Letter> letters = new ArrayList<>();
  private int sweeps;
  public volatile Consumer<Letter> redriven = letter -> {};

  public synchronized void add(String id, String reason) {
    letters.add(new Letter(FakeDelivery.message("test.mail", id, "hi"), reason, "broke", 5, 0));
  }

  public synchronized List<String> ids() {
    return letters.stream().map(letter -> letter.message().id()).toList();
  }

  public synchronized int sweeps() {
    return sweeps;
  }

  @Override
  public synchronized CompletableFuture<Long> count() {
    return CompletableFuture.completedFuture((long) letters.size());
  }

  @Override
  public CompletableFuture<Swept> sweep(Function<Letter, Choice> choose, Deadline deadline) {
    List<Letter> back = new ArrayList<>();
    long seen = 0;
    synchronized (this) {
      sweeps++;
      for (Letter letter : List.copyOf(letters)) {
        Choice choice = choose.apply(letter);
        if (choice == Choice.STOP) {
          break;
        }
        seen++;
        if (choice != Choice.KEEP) {
          letters.remove(letter);
        }
        if (choice == Choice.REDRIVE) {
          back.add(letter);
        }
      }
    }
    back.forEach(redriven);
    return CompletableFuture.completedFuture(new Swept(seen, seen - back.size(), back.size(), 0));
  }
}
