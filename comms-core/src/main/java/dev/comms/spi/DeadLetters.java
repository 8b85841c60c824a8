package dev.comms.spi;

import dev.comms.contract.Deadline;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;

/** What failed for good, of one contract. */
public interface DeadLetters {

  /** How many there are, about. */
  CompletableFuture<Long> count();

  /** Shows each letter once, oldest first, and does with it what is chosen. */
  CompletableFuture<Swept> sweep(Function<Letter, Choice> choose, Deadline deadline);

  /** What to do with a letter. */
  enum Choice {
    /** Leave it where it is. */
    KEEP,
    /** Put it back to work, with its attempts counted anew. */
    REDRIVE,
    /** Delete it. */
    DISCARD,
    /** Leave this and all that follow. */
    STOP
  }

  /**
   * One dead letter.
   *
   * @param message the message as it was, its body untouched
   * @param reason why it is here: {@code attempts}, {@code rejected}, {@code malformed}, {@code
   *     expired}, {@code crashes}
   * @param error what the last failure said
   * @param attempts how many attempts were made
   * @param redrive how often it was put back before
   */
  record Letter(Envelope message, String reason, String error, int attempts, int redrive) {}

  /** What a sweep did. */
  record Swept(long seen, long kept, long redriven, long discarded) {}
}
