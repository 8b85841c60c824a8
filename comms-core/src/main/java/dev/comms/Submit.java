package dev.comms;

import dev.comms.contract.CommsException;
import dev.comms.contract.Priority;
import dev.comms.contract.Task;
import dev.comms.spi.Ability;
import dev.comms.spi.Order;
import java.time.Duration;
import java.time.Instant;
import java.util.Objects;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * How a task is to be queued: first when, then the rest. Immutable; each method returns a copy.
 *
 * @param after how long it must not run, or null if {@code at} says when
 * @param at when it may run, or null
 * @param unique of several submissions with this key, one is stored while it has not ended; or null
 * @param uniqueAtMost how long the key is kept at most, from when the task may run
 * @param priority before which others it goes, or null for its task's own
 * @param expiresAfter how long after its submission it still may begin, or null for ever
 * @param id its id, or null for a new one
 */
public record Submit(
    @Nullable Duration after,
    @Nullable Instant at,
    @Nullable String unique,
    Duration uniqueAtMost,
    @Nullable Priority priority,
    @Nullable Duration expiresAfter,
    @Nullable String id) {
  private static final Pattern TOKEN = Pattern.compile("[\\x21-\\x7e]{1,200}");
  private static final Duration DAY = Duration.ofDays(1);
  private static final Duration LONGEST_UNIQUE = Duration.ofDays(7);
  private static final Duration LONGEST = Duration.ofDays(3_650);
  private static final Submit NOW = after(Duration.ZERO);

  public Submit {
    if (after != null && (after.isNegative() || after.compareTo(LONGEST) > 0)) {
      throw new IllegalArgumentException(
          "submit: after is "
              + after
              + " but must be 0 to "
              + LONGEST
              + "; use Submit.now() for 0");
    }
    token("unique key", unique);
    token("id", id);
    if (!positive(uniqueAtMost) || uniqueAtMost.compareTo(LONGEST_UNIQUE) > 0) {
      throw new IllegalArgumentException(
          "submit: unique's atMost is "
              + uniqueAtMost
              + " but must be more than 0 and at most "
              + LONGEST_UNIQUE
              + "; name how long the task takes at worst, retries included");
    }
    if (expiresAfter != null && (!positive(expiresAfter) || expiresAfter.compareTo(LONGEST) > 0)) {
      throw new IllegalArgumentException(
          "submit: expiresAfter is "
              + expiresAfter
              + " but must be more than 0 and at most "
              + LONGEST
              + "; leave it out if the task is to live for ever");
    }
    if (after != null && tooEarly(expiresAfter, after)) {
      throw new IllegalArgumentException("submit: " + neverRuns(expiresAfter, after));
    }
  }

  /** To be run as soon as may be. */
  public static Submit now() {
    return NOW;
  }

  /** Not to be run before this has passed. */
  public static Submit after(Duration delay) {
    Objects.requireNonNull(delay, "submit: the delay is null; use Submit.now()");
    return new Submit(delay, null, null, DAY, null, null, null);
  }

  /** Not to be run before this moment; at once if it has passed. */
  public static Submit at(Instant when) {
    Objects.requireNonNull(when, "submit: the moment is null; use Submit.now()");
    return new Submit(null, when, null, DAY, null, null, null);
  }

  /** As {@link #unique(String, Duration)}, kept for at most 24 h. */
  public Submit unique(String key) {
    return unique(key, DAY);
  }

  /**
   * While a task of this contract that was submitted with this key has not ended, done or dead,
   * another submission with the key stores nothing and returns the id of the first. It needs a
   * {@linkplain Comms.Builder#store store}, which all instances share. The key is free again when
   * the task has ended, or this long after the task might begin, whichever is first: so a process
   * that ends between taking the key and submitting blocks it no longer than that, and a task that
   * takes longer may be queued twice. After an {@code UnknownOutcome} the key stays taken.
   *
   * <p>Together with {@link #withId}, submitting under the id that holds the key repeats that task,
   * as one does after an {@code UnknownOutcome}: it is stored once more, under the same id, and if
   * that certainly failed, the key is free.
   *
   * @param key 1 to 200 printable ASCII characters without spaces
   * @param atMost more than 0, at most 7 days
   */
  public Submit unique(String key, Duration atMost) {
    Objects.requireNonNull(key, "submit: the unique key is null; leave unique out instead");
    return new Submit(after, at, key, atMost, priority, expiresAfter, id);
  }

  /**
   * Before or behind others of its name, whatever the task itself says; other than NORMAL only on a
   * transport with priorities.
   */
  public Submit priority(Priority chosen) {
    return new Submit(after, at, unique, uniqueAtMost, chosen, expiresAfter, id);
  }

  /**
   * Dead-lettered as {@code expired} instead of begun when this has passed since its submission;
   * the clocks of two hosts may differ by 2 s.
   */
  public Submit expiresAfter(Duration life) {
    return new Submit(after, at, unique, uniqueAtMost, priority, life, id);
  }

  /** Under this id instead of a new one; submitting it twice makes two deliveries of one id. */
  public Submit withId(String known) {
    return new Submit(after, at, unique, uniqueAtMost, priority, expiresAfter, known);
  }

  /**
   * When and before whom.
   *
   * @throws CommsException.Misconfigured if it would expire before it may run, or has a priority
   *     that the transport does not know
   */
  Order order(Task<?> task, Instant now, Set<Ability> abilities, String system) {
    Duration delay = delay(now);
    if (delay.compareTo(LONGEST) > 0) {
      throw new CommsException.Misconfigured(
          task.name(), "at is " + at + " but must be at most " + LONGEST + " from now");
    }
    if (tooEarly(expiresAfter, delay)) {
      throw new CommsException.Misconfigured(task.name(), neverRuns(expiresAfter, delay));
    }
    Priority chosen = priority == null ? task.priority() : priority;
    if (chosen != Priority.NORMAL && !abilities.contains(Ability.PRIORITIES)) {
      throw Ability.PRIORITIES.refused(task.name(), system);
    }
    return delay.isZero() && chosen == Priority.NORMAL ? Order.NOW : new Order(delay, chosen);
  }

  Duration delay(Instant now) {
    if (after != null) {
      return after;
    }
    Duration left = at == null ? Duration.ZERO : Duration.between(now, at);
    return left.isNegative() ? Duration.ZERO : left;
  }

  private static boolean positive(Duration value) {
    return !value.isNegative() && !value.isZero();
  }

  private static boolean tooEarly(@Nullable Duration expiry, Duration delay) {
    return expiry != null && !delay.isZero() && expiry.compareTo(delay) <= 0;
  }

  private static String neverRuns(@Nullable Duration expiry, Duration delay) {
    return "it expires after "
        + expiry
        + " but must not run before "
        + delay
        + " have passed, so it would never run; expiresAfter counts from the submission";
  }

  private static void token(String what, @Nullable String value) {
    if (value != null && !TOKEN.matcher(value).matches()) {
      throw new IllegalArgumentException(
          "submit: the "
              + what
              + " has "
              + value.length()
              + " characters but must be 1 to 200 printable ASCII characters without spaces");
    }
  }
}
