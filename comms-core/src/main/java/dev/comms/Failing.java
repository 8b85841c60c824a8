package dev.comms;

import dev.comms.contract.Backoff;
import dev.comms.contract.CommsException;
import dev.comms.contract.CommsException.Kind;
import dev.comms.policy.Deadlines;
import dev.comms.spi.Delivery;
import java.time.Duration;

/**
 * What becomes of a delivery whose handling failed: the one decision for tasks and events.
 *
 * @param step what is to be done
 * @param pause how long the next attempt waits, if there is one
 * @param reason why it is dead, in the words that dead letters carry
 */
record Failing(Step step, Duration pause, String reason) {
  enum Step {
    RETRY,
    DEAD,
    GIVE_BACK
  }

  static Failing of(
      Delivery delivery,
      int attempt,
      int attempts,
      Backoff backoff,
      CommsException failure,
      Engine engine) {
    if (Deadlines.expired(delivery.envelope(), engine.time)) {
      return dead("expired");
    }
    if (failure.kind() == Kind.CANCELLED && engine.phase() == Engine.Phase.CLOSED) {
      // Its own service is going down, which is no attempt of the handler's.
      return new Failing(Step.GIVE_BACK, Duration.ZERO, "");
    }
    return switch (failure.kind()) {
      case MALFORMED -> dead("malformed");
      // Asking again will not change a no.
      case REJECTED -> dead("rejected");
      case DEADLINE_EXCEEDED,
          UNAVAILABLE,
          OVERLOADED,
          CIRCUIT_OPEN,
          CANCELLED,
          FAILED,
          UNROUTABLE,
          UNKNOWN_OUTCOME,
          MISCONFIGURED ->
          attempt >= attempts
              ? dead("attempts")
              : new Failing(Step.RETRY, pauseAfter(attempt, backoff, failure), "");
    };
  }

  private static Duration pauseAfter(int attempt, Backoff backoff, CommsException failure) {
    Duration asked = failure.retryAfter();
    return asked != null ? asked : backoff.after(attempt);
  }

  private static Failing dead(String reason) {
    return new Failing(Step.DEAD, Duration.ZERO, reason);
  }
}
