package dev.comms.contract;

import java.time.Duration;

/**
 * What a handler of a task or an event throws to say more than success or failure. It is no failure
 * of the program, so it has no stack trace.
 */
public abstract sealed class Verdict extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private Verdict(String message) {
    super(message, null, false, false);
  }

  /** Not now: another attempt after this wait. It counts as an attempt. */
  public static Verdict retryAfter(Duration wait) {
    return new RetryAfter(Checks.limit("verdict", "retryAfter", wait));
  }

  /** Never: to the dead letters at once, with this reason. */
  public static Verdict reject(String reason) {
    return new Reject(reason);
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
}
