package dev.comms;

import dev.comms.contract.Backoff;
import dev.comms.contract.Code;
import dev.comms.contract.CommsException;
import dev.comms.contract.CommsException.Kind;
import dev.comms.contract.CommsException.Rejected;
import dev.comms.contract.Effect;
import dev.comms.contract.Verdict;
import dev.comms.policy.Deadlines;
import dev.comms.spi.Delivery;
import java.time.Duration;

/**
 * What becomes of a delivery whose handling failed: the one decision for tasks and events.
 *
 * @param step what is to be done
 * @param pause how long to wait before it is done
 * @param reason why it is dead, in the words that dead letters carry
 */
record Failing(Step step, Duration pause, String reason) {
  enum Step {
    RETRY,
    DEAD,
    GIVE_BACK
  }

  /** How long a delivery that found no thread is kept before it is given back. */
  private static final Duration FULL = Duration.ofSeconds(1);

  /**
   * Decides.
   *
   * @param attempt which attempt has failed, from 1
   */
  static Failing of(
      Delivery delivery, int attempt, Terms<?> terms, CommsException failure, Engine engine) {
    if (Deadlines.expired(delivery.envelope(), engine.time)) {
      return dead("expired");
    }
    // A nested verb's failure names another contract: it says nothing of this message.
    boolean own = failure.contract().equals(terms.contract().name());
    Kind kind = failure.kind();
    if (kind == Kind.MALFORMED && own) {
      return dead("malformed");
    }
    if (kind == Kind.MISCONFIGURED && own) {
      // Trying again mends no program; once it is mended, the dead letter can be redriven.
      return dead("misconfigured");
    }
    if (failure instanceof Rejected no && !mayChange(no.code())) {
      return dead("rejected");
    }
    if (engine.phase() == Engine.Phase.CLOSED) {
      // Its own service is going down, which is no attempt of the handler's.
      return new Failing(Step.GIVE_BACK, Duration.ZERO, "");
    }
    if (kind == Kind.OVERLOADED && own && failure.effect() == Effect.NONE) {
      // No thread took it, which is no attempt either.
      return new Failing(Step.GIVE_BACK, FULL, "");
    }
    return attempt >= terms.attempts(engine)
        ? dead("attempts")
        : new Failing(Step.RETRY, pauseAfter(attempt, terms.backoff(), failure, engine), "");
  }

  /** Asking again will not change a no, but for these two. */
  private static boolean mayChange(Code code) {
    return code == Code.ABORTED || code == Code.UNAUTHENTICATED;
  }

  /**
   * What an overloaded peer asks is the least; only a handler's own verdict may shorten the wait.
   */
  private static Duration pauseAfter(
      int attempt, Backoff backoff, CommsException failure, Engine engine) {
    Duration wait = backoff.after(attempt, engine.time);
    Duration asked = failure.retryAfter();
    boolean verdict = failure.facts().cause() instanceof Verdict;
    return asked != null && (verdict || asked.compareTo(wait) > 0) ? asked : wait;
  }

  private static Failing dead(String reason) {
    return new Failing(Step.DEAD, Duration.ZERO, reason);
  }
}
