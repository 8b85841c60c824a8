package dev.comms.contract;

import java.time.Duration;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * A failure that says what happened: its {@linkplain #kind() kind}, whether the other side may have
 * acted, and whose fault it was. Retry, breaker, limits, metrics and alerts read these facts;
 * nothing decides by the class of a cause.
 */
public abstract sealed class CommsException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** The kinds of failure; the names are used as the metric tag {@code error.type}. */
  public enum Kind {
    DEADLINE_EXCEEDED,
    UNAVAILABLE,
    OVERLOADED,
    CIRCUIT_OPEN,
    REJECTED,
    FAILED,
    CANCELLED,
    MALFORMED,
    UNROUTABLE,
    UNKNOWN_OUTCOME,
    MISCONFIGURED
  }

  private final Kind kind;
  private final transient Facts facts;

  private CommsException(Kind kind, Facts facts) {
    super(facts.text(), facts.cause());
    this.kind = kind;
    this.facts = facts;
  }

  public Kind kind() {
    return kind;
  }

  /** The name of the contract, or of the part that is wrongly set up. */
  public String contract() {
    return facts.contract();
  }

  public Effect effect() {
    return facts.effect();
  }

  public Fault fault() {
    return facts.fault();
  }

  /** How long the other side asked to wait before another attempt, or null. */
  public @Nullable Duration retryAfter() {
    return facts.retryAfter();
  }

  /** How many attempts were made. */
  public int attempts() {
    return facts.attempts();
  }

  /** How long each attempt took; see {@link Facts}. */
  public List<Duration> attemptTimes() {
    return facts.times();
  }

  /**
   * The text without contract and attempts, as first written. Of a handler that threw it names the
   * exception, so a transport sends it to a peer only for the kinds that were written for one.
   */
  public String reason() {
    return facts.message();
  }

  /** What the other side said for programs to read; {@link Details#NONE} if it said nothing. */
  public Details details() {
    return facts.details();
  }

  /** All that is known of this failure. */
  public Facts facts() {
    return facts;
  }

  /** The same failure with other facts, such as the number of attempts made. */
  public CommsException with(Facts other) {
    CommsException copy = make(other);
    copy.setStackTrace(getStackTrace());
    return copy;
  }

  abstract CommsException make(Facts other);

  /**
   * Any failure as one of ours: wrappers of futures are removed, and what is unknown becomes {@link
   * Failed}, as a handler that threw.
   */
  public static CommsException of(String contract, Throwable failure) {
    return Known.of(contract, failure);
  }

  /** No answer within the limit. */
  public static final class DeadlineExceeded extends CommsException {
    private static final long serialVersionUID = 1L;

    public DeadlineExceeded(Facts facts) {
      super(Kind.DEADLINE_EXCEEDED, facts);
    }

    @Override
    CommsException make(Facts other) {
      return new DeadlineExceeded(other);
    }
  }

  /** The other side could not be reached, or the way to it broke. */
  public static final class Unavailable extends CommsException {
    private static final long serialVersionUID = 1L;

    public Unavailable(Facts facts) {
      super(Kind.UNAVAILABLE, facts);
    }

    @Override
    CommsException make(Facts other) {
      return new Unavailable(other);
    }
  }

  /** Refused because there is too much to do, here or there; try later. */
  public static final class Overloaded extends CommsException {
    private static final long serialVersionUID = 1L;

    public Overloaded(Facts facts) {
      super(Kind.OVERLOADED, facts);
    }

    @Override
    CommsException make(Facts other) {
      return new Overloaded(other);
    }
  }

  /** Not tried, since the latest attempts failed. */
  public static final class CircuitOpen extends CommsException {
    private static final long serialVersionUID = 1L;

    public CircuitOpen(Facts facts) {
      super(Kind.CIRCUIT_OPEN, facts);
    }

    @Override
    CommsException make(Facts other) {
      return new CircuitOpen(other);
    }
  }

  /** The other side answered no; asking again will not help. */
  public static final class Rejected extends CommsException {
    private static final long serialVersionUID = 1L;
    private final Code code;

    public Rejected(Code code, Facts facts) {
      super(Kind.REJECTED, facts);
      this.code = code;
    }

    /** What a handler throws to answer no; the message goes to the caller. */
    public Rejected(Code code, String message) {
      this(code, message, Details.NONE);
    }

    /** The same, with what the caller's program is to read; it goes to the caller too. */
    public Rejected(Code code, String message, Details details) {
      this(
          code,
          Facts.of("").effect(Effect.NONE).fault(Fault.CALLER).message(message).details(details));
    }

    public Code code() {
      return code;
    }

    @Override
    CommsException make(Facts other) {
      return new Rejected(code, other);
    }
  }

  /** The other side broke while it worked on this. */
  public static final class Failed extends CommsException {
    private static final long serialVersionUID = 1L;

    public Failed(Facts facts) {
      super(Kind.FAILED, facts);
    }

    @Override
    CommsException make(Facts other) {
      return new Failed(other);
    }
  }

  /** Called off by the caller. */
  public static final class Cancelled extends CommsException {
    private static final long serialVersionUID = 1L;

    public Cancelled(Facts facts) {
      super(Kind.CANCELLED, facts);
    }

    @Override
    CommsException make(Facts other) {
      return new Cancelled(other);
    }
  }

  /** A payload that cannot be encoded or decoded. */
  public static final class Malformed extends CommsException {
    private static final long serialVersionUID = 1L;

    public Malformed(Facts facts) {
      super(Kind.MALFORMED, facts);
    }

    @Override
    CommsException make(Facts other) {
      return new Malformed(other);
    }
  }

  /** The broker knows no place for this message. */
  public static final class Unroutable extends CommsException {
    private static final long serialVersionUID = 1L;

    public Unroutable(Facts facts) {
      super(Kind.UNROUTABLE, facts);
    }

    @Override
    CommsException make(Facts other) {
      return new Unroutable(other);
    }
  }

  /**
   * Sent, but no confirm came: it may be stored or not. Sending again under the same id is safe
   * where handlers remember ids.
   */
  public static final class UnknownOutcome extends CommsException {
    private static final long serialVersionUID = 1L;
    private final String id;

    public UnknownOutcome(String id, Facts facts) {
      super(Kind.UNKNOWN_OUTCOME, facts.effect(Effect.POSSIBLE));
      this.id = id;
    }

    /** The id of the message whose fate is unknown. */
    public String id() {
      return id;
    }

    @Override
    CommsException make(Facts other) {
      return new UnknownOutcome(id, other);
    }
  }

  /** Wrongly set up; the message says what to change. */
  public static final class Misconfigured extends CommsException {
    private static final long serialVersionUID = 1L;

    public Misconfigured(Facts facts) {
      super(Kind.MISCONFIGURED, facts);
    }

    /** A part that is wrongly set up: what, which value, which rule, and the fix. */
    public Misconfigured(String part, String message) {
      this(Facts.of(part).effect(Effect.NONE).fault(Fault.LOCAL).message(message));
    }

    @Override
    CommsException make(Facts other) {
      return new Misconfigured(other);
    }
  }

  /**
   * What is known of a failure; immutable, changed by copy.
   *
   * @param contract the name of the contract
   * @param effect whether the other side may have acted
   * @param fault whose fault it was
   * @param message what went wrong and what to do
   * @param retryAfter how long the other side asked to wait, or null
   * @param attempts how many attempts were made
   * @param times how long each of them took, in order; empty if it is not known. Attempts that were
   *     under way at once, as hedges are, count as one here
   * @param cause what was underneath, or null
   * @param details what the other side said for programs to read
   */
  public record Facts(
      String contract,
      Effect effect,
      Fault fault,
      String message,
      @Nullable Duration retryAfter,
      int attempts,
      List<Duration> times,
      @Nullable Throwable cause,
      Details details) {

    /** Unknown effect, remote fault, until said otherwise. */
    public static Facts of(String contract) {
      return new Facts(
          contract, Effect.POSSIBLE, Fault.REMOTE, "", null, 1, List.of(), null, Details.NONE);
    }

    public Facts contract(String name) {
      return new Facts(name, effect, fault, message, retryAfter, attempts, times, cause, details);
    }

    public Facts effect(Effect value) {
      return new Facts(
          contract, value, fault, message, retryAfter, attempts, times, cause, details);
    }

    public Facts fault(Fault value) {
      return new Facts(
          contract, effect, value, message, retryAfter, attempts, times, cause, details);
    }

    public Facts message(String text) {
      return new Facts(contract, effect, fault, text, retryAfter, attempts, times, cause, details);
    }

    public Facts retryAfter(@Nullable Duration wait) {
      return new Facts(contract, effect, fault, message, wait, attempts, times, cause, details);
    }

    public Facts attempts(int made) {
      return new Facts(contract, effect, fault, message, retryAfter, made, times, cause, details);
    }

    public Facts times(List<Duration> each) {
      return new Facts(
          contract,
          effect,
          fault,
          message,
          retryAfter,
          attempts,
          List.copyOf(each),
          cause,
          details);
    }

    public Facts cause(@Nullable Throwable underneath) {
      return new Facts(
          contract, effect, fault, message, retryAfter, attempts, times, underneath, details);
    }

    public Facts details(Details said) {
      return new Facts(contract, effect, fault, message, retryAfter, attempts, times, cause, said);
    }

    private String text() {
      String where = contract.isEmpty() ? "" : contract + ": ";
      return where
          + message
          + (attempts > 1 ? " (after " + attempts + " attempts" + each() + ")" : "");
    }

    private String each() {
      return times.isEmpty()
          ? ""
          : times.stream()
              .map(time -> time.toMillis() + " ms")
              .collect(Collectors.joining(", ", " of ", ""));
    }
  }
}
