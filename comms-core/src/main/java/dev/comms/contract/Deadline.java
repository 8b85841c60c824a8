package dev.comms.contract;

import java.time.Duration;

/** A point on the monotonic clock of this process; it travels as time remaining. Immutable. */
public final class Deadline {
  private final Time time;
  private final long nanos;

  private Deadline(Time time, long nanos) {
    this.time = time;
    this.nanos = nanos;
  }

  /** The moment that is so far away on this clock. */
  public static Deadline after(Time time, Duration duration) {
    return new Deadline(time, time.nanos() + duration.toNanos());
  }

  /** No deadline to speak of: a hundred years from now. */
  public static Deadline never(Time time) {
    return after(time, Duration.ofDays(36_500));
  }

  /** What is left; negative when it has passed. */
  public Duration remaining() {
    return Duration.ofNanos(nanos - time.nanos());
  }

  public boolean expired() {
    return nanos - time.nanos() <= 0;
  }

  /** The stricter of two deadlines of the same clock. */
  public Deadline earlier(Deadline other) {
    return nanos - other.nanos <= 0 ? this : other;
  }

  /** The moment so much later. */
  public Deadline later(Duration by) {
    return new Deadline(time, nanos + by.toNanos());
  }

  /** The earlier of this and a limit counted from now. */
  public Deadline within(Duration limit) {
    long other = time.nanos() + limit.toNanos();
    return nanos - other <= 0 ? this : new Deadline(time, other);
  }

  @Override
  public String toString() {
    return "deadline in " + remaining().toMillis() + " ms";
  }
}
