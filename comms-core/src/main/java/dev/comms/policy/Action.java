package dev.comms.policy;

import static dev.comms.policy.Action.When.on;

import dev.comms.contract.Code;
import dev.comms.contract.CommsException;
import dev.comms.contract.CommsException.Kind;
import dev.comms.contract.CommsException.Rejected;
import dev.comms.contract.Effect;
import dev.comms.contract.Fault;
import org.jspecify.annotations.Nullable;

/**
 * What follows from a failure: the one table that retries, breaker, limits and meters read. The
 * first row that fits a failure rules; nothing looks at the class of a cause.
 */
enum Action {
  //                                                             again  health          load  fault
  /** Not let out of this process, as after its close. */
  KEPT_HERE(on(Kind.UNAVAILABLE, Effect.NONE, Fault.LOCAL), true, Health.IGNORE, Load.IGNORE, null),
  /** No way to the other side, or it never took this up. */
  NEVER_SENT(on(Kind.UNAVAILABLE, Effect.NONE), true, Health.FAILURE, Load.IGNORE, null),
  /** Sent, and then the way broke or the other side went. */
  BROKEN(on(Kind.UNAVAILABLE), true, Health.FAILURE, Load.DROPPED, Fault.REMOTE),
  /** Shed, draining or over quota: it answered, so it is well, but it has too much to do. */
  SHED(on(Kind.OVERLOADED, Fault.OVERLOAD), true, Health.IGNORE, Load.DROPPED, Fault.OVERLOAD),
  /** A limit of our own, which would refuse it again. */
  LIMITED_HERE(on(Kind.OVERLOADED), false, Health.IGNORE, Load.IGNORE, Fault.LOCAL),
  /** The caller's whole time is spent: nothing is left to try with. */
  SPENT(
      on(Kind.DEADLINE_EXCEEDED, Fault.CALLER),
      false,
      Health.FAILURE_AT_FULL_LIMIT,
      Load.DROPPED,
      Fault.CALLER),
  /** One attempt outlived its limit, and of the whole something is left. */
  ATTEMPT_LATE(on(Kind.DEADLINE_EXCEEDED), true, Health.FAILURE, Load.DROPPED, Fault.REMOTE),
  /** Not asked. */
  CIRCUIT_OPEN(on(Kind.CIRCUIT_OPEN), false, Health.IGNORE, Load.IGNORE, Fault.LOCAL),
  /** Two got in each other's way; only who knows the whole transaction can repeat it. */
  ABORTED(on(Kind.REJECTED, Code.ABORTED), false, Health.SUCCESS, Load.SUCCESS, Fault.REMOTE),
  /** Deployed apart, which no caller can mend. */
  UNIMPLEMENTED(
      on(Kind.REJECTED, Code.UNIMPLEMENTED), false, Health.SUCCESS, Load.SUCCESS, Fault.REMOTE),
  /** It answered no, and no is an answer. */
  ANSWERED_NO(on(Kind.REJECTED), false, Health.SUCCESS, Load.SUCCESS, Fault.CALLER),
  /** It broke while it worked on this; it would break again. */
  BROKE(on(Kind.FAILED), false, Health.FAILURE, Load.SUCCESS, null),
  /** No confirm came; only who remembers the id may send it again. */
  UNKNOWN(on(Kind.UNKNOWN_OUTCOME), false, Health.FAILURE, Load.DROPPED, Fault.REMOTE),
  /** Called off by us. */
  CANCELLED(on(Kind.CANCELLED), false, Health.IGNORE, Load.IGNORE, Fault.CALLER),
  /** One of the two writes what the other cannot read. */
  UNREADABLE(on(Kind.MALFORMED), false, Health.IGNORE, Load.IGNORE, null),
  /** The broker is well, and knows no place for it. */
  UNROUTABLE(on(Kind.UNROUTABLE), false, Health.IGNORE, Load.IGNORE, null),
  /** Wrongly set up here. */
  MISCONFIGURED(on(Kind.MISCONFIGURED), false, Health.IGNORE, Load.IGNORE, Fault.LOCAL);

  /** What a breaker makes of an end. */
  enum Health {
    SUCCESS,
    FAILURE,
    /** A failure if the attempt had about the time that its contract names. */
    FAILURE_AT_FULL_LIMIT,
    IGNORE
  }

  /** What an end tells a limiter of how much the other side has to do. */
  enum Load {
    SUCCESS,
    DROPPED,
    IGNORE
  }

  /** Which failures a row is about; null is any. */
  record When(Kind kind, @Nullable Code code, @Nullable Effect effect, @Nullable Fault fault) {
    static When on(Kind kind) {
      return new When(kind, null, null, null);
    }

    static When on(Kind kind, Code code) {
      return new When(kind, code, null, null);
    }

    static When on(Kind kind, Fault fault) {
      return new When(kind, null, null, fault);
    }

    static When on(Kind kind, Effect effect) {
      return new When(kind, null, effect, null);
    }

    static When on(Kind kind, Effect effect, Fault fault) {
      return new When(kind, null, effect, fault);
    }

    boolean fits(CommsException failure) {
      return kind == failure.kind()
          && (code == null || (failure instanceof Rejected no && code == no.code()))
          && (effect == null || effect == failure.effect())
          && (fault == null || fault == failure.fault());
    }
  }

  private static final Action[] TABLE = values();

  @SuppressWarnings("ImmutableEnumChecker") // a record of enums, which is never written again
  private final When when;

  private final boolean again;
  private final Health health;
  private final Load load;
  private final @Nullable Fault fault;

  Action(When when, boolean again, Health health, Load load, @Nullable Fault fault) {
    this.when = when;
    this.again = again;
    this.health = health;
    this.load = load;
    this.fault = fault;
  }

  /** The row of this failure. */
  static Action of(CommsException failure) {
    for (Action row : TABLE) {
      if (row.when.fits(failure)) {
        return row;
      }
    }
    throw new IllegalStateException("no row for " + failure.kind());
  }

  /** Whether another attempt is safe and may help. */
  static boolean retryable(CommsException failure, boolean idempotent) {
    return of(failure).again && (idempotent || failure.effect() == Effect.NONE);
  }

  /**
   * What it tells about the health of the other side.
   *
   * @param gotItsLimit whether the attempt had about the time that its contract names
   */
  static Health health(CommsException failure, boolean gotItsLimit) {
    Health health = of(failure).health;
    if (health != Health.FAILURE_AT_FULL_LIMIT) {
      return health;
    }
    // Too little time is the caller's fault and must not open the way for others.
    return gotItsLimit ? Health.FAILURE : Health.IGNORE;
  }

  /** What it tells about how much the other side has to do. */
  static Load load(CommsException failure) {
    return of(failure).load;
  }

  /** Whom an alert should wake. */
  static Fault fault(CommsException failure) {
    Fault fault = of(failure).fault;
    return fault == null ? failure.fault() : fault;
  }
}
