package dev.comms;

import java.time.Duration;
import java.time.Instant;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * How a task is to be queued: first when, then the rest. Immutable; each method returns a copy.
 *
 * @param after how long it must not run, or null if {@code at} says when
 * @param at when it may run, or null
 * @param expiresAfter how long after its submission it still may begin, or null for ever
 * @param id its id, or null for a new one
 */
public record Submit(
    @Nullable Duration after,
    @Nullable Instant at,
    @Nullable Duration expiresAfter,
    @Nullable String id) {

  public Submit {
    if (after != null && after.isNegative()) {
      throw new IllegalArgumentException("submit: after is " + after + " but must not be negative");
    }
    if (expiresAfter != null && (expiresAfter.isNegative() || expiresAfter.isZero())) {
      throw new IllegalArgumentException(
          "submit: expiresAfter is " + expiresAfter + " but must be more than 0");
    }
    if (id != null && !id.matches("[\\x21-\\x7e]{1,200}")) {
      throw new IllegalArgumentException(
          "submit: the id must be 1 to 200 printable ASCII characters without spaces");
    }
  }

  /** To be run as soon as may be. */
  public static Submit now() {
    return after(Duration.ZERO);
  }

  /** Not to be run before this has passed. */
  public static Submit after(Duration delay) {
    return new Submit(Objects.requireNonNull(delay, "delay"), null, null, null);
  }

  /** Not to be run before this moment; at once if it has passed. */
  public static Submit at(Instant when) {
    return new Submit(null, Objects.requireNonNull(when, "when"), null, null);
  }

  /**
   * Dead-lettered as {@code expired} instead of begun when this has passed since its submission;
   * the clocks of two hosts may differ by 2 s.
   */
  public Submit expiresAfter(Duration life) {
    return new Submit(after, at, life, id);
  }

  /** Under this id instead of a new one; submitting it twice makes two deliveries of one id. */
  public Submit withId(String known) {
    return new Submit(after, at, expiresAfter, known);
  }

  Duration delay(Instant now) {
    if (after != null) {
      return after;
    }
    Duration left = at == null ? Duration.ZERO : Duration.between(now, at);
    return left.isNegative() ? Duration.ZERO : left;
  }
}
