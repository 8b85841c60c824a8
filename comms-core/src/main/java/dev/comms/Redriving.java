package dev.comms;

import dev.comms.Redrive.Redriven;
import dev.comms.Redrive.Terms;
import dev.comms.contract.CommsException;
import dev.comms.contract.Deadline;
import dev.comms.spi.DeadLetters;
import dev.comms.spi.DeadLetters.Choice;
import dev.comms.spi.DeadLetters.Letter;
import dev.comms.spi.DeadLetters.Swept;
import java.time.Duration;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * One redrive under way: a sweep per second, each of which stops when it has put back enough, so no
 * thread of a transport waits. One step runs at a time; the lock makes its fields visible to the
 * next.
 */
final class Redriving {
  private static final Duration SECOND = Duration.ofSeconds(1);
  private static final Duration ONE_SWEEP = Duration.ofMinutes(1);
  private static final int MOST = 100_000;

  private final Engine engine;
  private final String contract;
  private final DeadLetters letters;
  private final Terms terms;
  private final CompletableFuture<Redriven> result = new CompletableFuture<>();
  // All guarded by this.
  private final Set<String> mine = new HashSet<>();
  private final Set<String> again = new HashSet<>();
  private @Nullable RuntimeException broken;
  private long kept;
  private int left;
  private int taken;

  Redriving(Engine engine, String contract, DeadLetters letters, Terms terms) {
    this.engine = engine;
    this.contract = contract;
    this.letters = letters;
    this.terms = terms;
  }

  CompletableFuture<Redriven> begin() {
    if (terms.canary() == 0) {
      flow();
    } else {
      slice(terms.canary(), () -> later(terms.watch(), this::inspect));
    }
    return result;
  }

  /** Whether a canary is dead again: those that were put back are looked for, nothing is moved. */
  private void inspect() {
    swept(
        letter -> {
          seen(letter);
          return Choice.KEEP;
        },
        () -> {
          if (counts().deadAgain() > 0) {
            result.complete(stopped());
          } else {
            flow();
          }
        });
  }

  private void flow() {
    slice(terms.perSecond(), () -> later(SECOND, this::flow));
  }

  /** Puts back so many; without any, nothing is left to do. */
  private void slice(int many, Runnable next) {
    synchronized (this) {
      left = many;
      taken = 0;
      kept = 0;
    }
    swept(
        this::choose,
        () -> {
          if (full()) {
            result.complete(stopped());
          } else if (some()) {
            next.run();
          } else {
            result.complete(counts());
          }
        });
  }

  private synchronized Choice choose(Letter letter) {
    if (seen(letter)) {
      return Choice.KEEP;
    }
    if (left == 0 || mine.size() >= MOST || result.isDone()) {
      return Choice.STOP;
    }
    try {
      if (!terms.wanted().test(letter)) {
        kept++;
        return Choice.KEEP;
      }
    } catch (RuntimeException failed) {
      broken = failed;
      return Choice.STOP;
    }
    left--;
    taken++;
    mine.add(letter.message().id());
    return Choice.REDRIVE;
  }

  private synchronized boolean seen(Letter letter) {
    String id = letter.message().id();
    boolean known = mine.contains(id);
    if (known) {
      again.add(id);
    }
    return known;
  }

  private void swept(Function<Letter, Choice> choose, Runnable then) {
    CommsException refusal = engine.refusal(contract);
    if (refusal != null) {
      result.completeExceptionally(refusal);
      return;
    }
    sweep(choose).whenComplete((swept, failure) -> ended(failure, then));
  }

  private CompletableFuture<Swept> sweep(Function<Letter, Choice> choose) {
    try {
      return letters.sweep(choose, Deadline.after(engine.time, ONE_SWEEP));
    } catch (RuntimeException failed) {
      return CompletableFuture.failedFuture(failed);
    }
  }

  private void ended(@Nullable Throwable failure, Runnable then) {
    Throwable why = failure == null ? broken() : failure;
    if (why != null) {
      result.completeExceptionally(CommsException.of(contract, why));
    } else if (!result.isDone()) {
      then.run();
    }
  }

  private void later(Duration wait, Runnable step) {
    engine.time.schedule(wait, () -> engine.callbacks.execute(step));
  }

  private synchronized @Nullable RuntimeException broken() {
    return broken;
  }

  private synchronized boolean full() {
    return mine.size() >= MOST;
  }

  private synchronized boolean some() {
    return taken > 0;
  }

  private synchronized Redriven counts() {
    return new Redriven(mine.size(), kept, again.size(), false);
  }

  private Redriven stopped() {
    Redriven counts = counts();
    return new Redriven(counts.redriven(), counts.kept(), counts.deadAgain(), true);
  }
}
