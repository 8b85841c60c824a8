package dev.comms;

import dev.comms.contract.CommsException;
import dev.comms.spi.DeadLetters;
import dev.comms.spi.DeadLetters.Letter;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.function.Predicate;

/**
 * Puts dead letters back to work with care: a few first, to see whether they die again, and then so
 * many per second. Immutable; each method returns a copy.
 */
public final class Redrive {
  private static final Duration WATCH = Duration.ofSeconds(30);

  private final Engine engine;
  private final String contract;
  private final DeadLetters letters;
  private final Terms terms;

  /**
   * What is wanted.
   *
   * @param canary how many go first, or 0
   * @param watch how long these are watched
   */
  record Terms(int canary, Duration watch, int perSecond, Predicate<Letter> wanted) {}

  Redrive(Engine engine, String contract, DeadLetters letters) {
    this(engine, contract, letters, new Terms(0, WATCH, 100, letter -> true));
  }

  private Redrive(Engine engine, String contract, DeadLetters letters, Terms terms) {
    this.engine = engine;
    this.contract = contract;
    this.letters = letters;
    this.terms = terms;
  }

  /** So many first, which are watched for 30 s; see {@link #canary(int, Duration)}. */
  public Redrive canary(int many) {
    return canary(many, terms.watch);
  }

  /**
   * So many first, and no more of them if one of these is dead again when this has passed. A task
   * dies when its attempts are used up: watch for as long as those take, waits included.
   */
  public Redrive canary(int many, Duration watch) {
    between("canary", many, 1_000);
    if (watch.isNegative() || watch.isZero() || watch.compareTo(Duration.ofDays(1)) > 0) {
      throw new IllegalArgumentException(
          contract
              + ": the canary is watched for "
              + watch
              + " but must be for more than 0, up to a day");
    }
    return with(new Terms(many, watch, terms.perSecond, terms.wanted));
  }

  /** At most so many per second, 1 to 10,000; by default 100. */
  public Redrive perSecond(int most) {
    between("perSecond", most, 10_000);
    return with(new Terms(terms.canary, terms.watch, most, terms.wanted));
  }

  /** Only those of which this is true; the others stay where they are. */
  public Redrive onlyWhen(Predicate<Letter> wanted) {
    Objects.requireNonNull(wanted, "redrive: the condition is null; leave it out");
    return with(new Terms(terms.canary, terms.watch, terms.perSecond, wanted));
  }

  private Redrive with(Terms other) {
    return new Redrive(engine, contract, letters, other);
  }

  private void between(String what, int value, int most) {
    if (value < 1 || value > most) {
      throw new IllegalArgumentException(
          contract + ": " + what + " is " + value + " but must be 1 to " + most);
    }
  }

  /**
   * What a redrive did.
   *
   * @param redriven how many were put back
   * @param kept how many were not wanted, when last looked at
   * @param deadAgain how many of those that were put back were seen dead once more; they stay dead
   * @param stopped whether it ended early, since the canary died or 100,000 were put back
   */
  public record Redriven(long redriven, long kept, long deadAgain, boolean stopped) {}

  /**
   * Redrives and waits until no letter is left that is wanted. A letter is put back once at most,
   * and at most 100,000 are.
   *
   * @throws CommsException as the transport failed, or as the condition did
   */
  public Redriven run() {
    engine.mayWait(contract);
    return engine.time.await(runAsync(), contract, engine.noLimit(false));
  }

  /** As {@link #run}; cancelling the future ends it after the present second. */
  public CompletableFuture<Redriven> runAsync() {
    CommsException refusal = engine.refusal(contract);
    return refusal == null
        ? new Redriving(engine, contract, letters, terms).begin()
        : CompletableFuture.failedFuture(refusal);
  }
}
