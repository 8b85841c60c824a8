package dev.comms.policy;

import dev.comms.contract.CommsException;
import dev.comms.contract.Effect;
import dev.comms.contract.Fault;

/**
 * What follows from a failure: the one table that retry and breaker read. Its rows are the kinds of
 * failure; nothing looks at the class of a cause.
 */
final class Actions {

  /** What a breaker makes of an end. */
  enum Health {
    SUCCESS,
    FAILURE,
    IGNORE
  }

  private Actions() {}

  /** Whether another attempt is safe and may help. */
  static boolean retryable(CommsException failure, boolean idempotent) {
    boolean safe = idempotent || failure.effect() == Effect.NONE;
    return switch (failure.kind()) {
      case UNAVAILABLE -> safe;
      // An attempt ran out of its own limit; if the whole is spent, there is nothing left to try.
      case DEADLINE_EXCEEDED -> safe && failure.fault() != Fault.CALLER;
      // A refusal of ours comes again at once; the other side's passes.
      case OVERLOADED -> safe && failure.fault() == Fault.OVERLOAD;
      case FAILED,
          CIRCUIT_OPEN,
          REJECTED,
          CANCELLED,
          MALFORMED,
          UNROUTABLE,
          UNKNOWN_OUTCOME,
          MISCONFIGURED ->
          false;
    };
  }

  /**
   * What it tells about the health of the other side.
   *
   * @param gotItsLimit whether the attempt had about the time that its contract names
   */
  static Health health(CommsException failure, boolean gotItsLimit) {
    return switch (failure.kind()) {
      case UNAVAILABLE, FAILED, UNKNOWN_OUTCOME -> Health.FAILURE;
      // Too little time is the caller's fault and must not open the way for others.
      case DEADLINE_EXCEEDED ->
          failure.fault() == Fault.CALLER && !gotItsLimit ? Health.IGNORE : Health.FAILURE;
      // It answered: no is an answer.
      case REJECTED -> Health.SUCCESS;
      case OVERLOADED, CIRCUIT_OPEN, CANCELLED, MALFORMED, UNROUTABLE, MISCONFIGURED ->
          Health.IGNORE;
    };
  }
}
