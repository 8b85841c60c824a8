package dev.comms;

import dev.comms.contract.Context;
import java.time.Duration;
import java.util.List;
import java.util.Objects;

/**
 * How deliveries are gathered for one handling.
 *
 * @param most how many at most, 1 to 10,000
 * @param within how long the first waits for others, more than 0 and at most 1 min
 */
public record Batch(int most, Duration within) {
  private static final Duration LONGEST = Duration.ofMinutes(1);

  public Batch {
    if (most < 1 || most > 10_000) {
      throw new IllegalArgumentException(
          "batch: most is " + most + " but must be 1 to 10,000; it counts messages");
    }
    Objects.requireNonNull(within, "batch: within is null; say how long the first may wait");
    if (within.isNegative() || within.isZero() || within.compareTo(LONGEST) > 0) {
      throw new IllegalArgumentException(
          "batch: within is "
              + within
              + " but must be more than 0 and at most "
              + LONGEST
              + "; it is how long the first waits for others");
    }
  }

  /**
   * What is done with a batch. A handler that returns has done all of it; one that throws has done
   * none: each message is tried again by itself, alone, so that one bad message fails no others.
   *
   * @param <T> the payload
   */
  @FunctionalInterface
  public interface Work<T> {
    /**
     * Handles messages; both lists have the same order, in which those of one key came.
     *
     * @param contexts one for each payload; their deadline is the batch's
     */
    void handle(List<T> payloads, List<Context> contexts) throws Exception;
  }

  /** First stage: how many at most. How long the first waits is mandatory. */
  public static Size of(int most) {
    return new Size(most);
  }

  /** A batch that does not know yet how long to wait. */
  public record Size(int most) {

    /** How long the first message waits for others. */
    public Batch within(Duration wait) {
      return new Batch(most, wait);
    }
  }
}
