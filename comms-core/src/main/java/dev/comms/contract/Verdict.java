package dev.comms.contract;

import java.time.Duration;
import java.util.Objects;

/**
 * What a handler of a task or an event throws to say more than success or failure. It is no failure
 * of the program, so it has no stack trace.
 */
public abstract sealed class Verdict extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private static final int MOST_STATE = 64 * 1024;

  private Verdict(String message) {
    super(message, null, false, false);
  }

  /** Not now: another attempt after this wait. It counts as an attempt. */
  public static Verdict retryAfter(Duration wait) {
    return new RetryAfter(Checks.limit("verdict", "retryAfter", wait));
  }

  /** Never: to the dead letters at once, with this reason. */
  public static Verdict reject(String reason) {
    return new Reject(Objects.requireNonNull(reason, "verdict: the reason is null; say why"));
  }

  /**
   * Done for now: the task goes on later with this checkpoint, which {@link Context#state()} then
   * has, as attempt 1. For work of hours: each piece has the contract's limit.
   *
   * @param state what the handler wants to know when it goes on, at most 64 KiB
   * @param after how long it is to wait, zero for not at all
   */
  public static Verdict continueLater(byte[] state, Duration after) {
    if (state.length > MOST_STATE) {
      throw new IllegalArgumentException(
          "verdict: the state has "
              + state.length
              + " bytes but may have "
              + MOST_STATE
              + "; keep it elsewhere and give its key");
    }
    if (after.isNegative() || after.compareTo(Checks.LONGEST) > 0) {
      throw new IllegalArgumentException(
          "verdict: after is " + after + " but must be 0 to " + Checks.LONGEST);
    }
    return new ContinueLater(state.clone(), after);
  }

  /** See {@link Verdict#retryAfter}. */
  public static final class RetryAfter extends Verdict {
    private static final long serialVersionUID = 1L;
    private final Duration wait;

    private RetryAfter(Duration wait) {
      super("retry after " + wait);
      this.wait = wait;
    }

    public Duration pause() {
      return wait;
    }
  }

  /** See {@link Verdict#reject}. */
  public static final class Reject extends Verdict {
    private static final long serialVersionUID = 1L;

    private Reject(String reason) {
      super(reason);
    }

    public String reason() {
      return String.valueOf(getMessage());
    }
  }

  /** See {@link Verdict#continueLater}. */
  public static final class ContinueLater extends Verdict {
    private static final long serialVersionUID = 1L;
    private final byte[] state;
    private final Duration after;

    private ContinueLater(byte[] state, Duration after) {
      super("continue later");
      this.state = state;
      this.after = after;
    }

    public byte[] state() {
      return state.clone();
    }

    public Duration after() {
      return after;
    }
  }
}
