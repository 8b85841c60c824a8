package dev.comms;

import dev.comms.spi.EventTransport.Start;
import java.util.Objects;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * Those who read an event together: each group gets every event once, its members share them.
 * Immutable; each method returns a copy.
 *
 * @param name the group's name, 1 to 100 of {@code [a-zA-Z0-9._-]}
 * @param start where the group begins if it is new
 * @param concurrency how many keys are handled at a time in this instance, 1 to 10,000
 * @param executor where handlers run, or null for threads of comms
 * @param perSecond how many handlings begin per second at most, evenly spaced, 1 to 1,000,000; 0
 *     for no such limit
 */
public record Group(
    String name, Start start, int concurrency, @Nullable Executor executor, int perSecond) {
  private static final int DEFAULT_CONCURRENCY = 8;

  public Group {
    Objects.requireNonNull(name, "the group name is null; name it, such as 'analytics'");
    if (!name.matches("[a-zA-Z0-9._-]{1,100}")) {
      throw new IllegalArgumentException(
          "group name '" + name + "' is not 1 to 100 of [a-zA-Z0-9._-]; such as 'analytics'");
    }
    concurrency = Workers.checked("group " + name, concurrency);
    perSecond = Workers.checkedRate("group " + name, perSecond);
    Objects.requireNonNull(start, "start");
  }

  /** First stage: a name. Where a new group starts is mandatory, so this is no group yet. */
  public static Named named(String name) {
    return new Named(name);
  }

  /** A group that does not know yet where to start. */
  public record Named(String name) {

    /** Where the group begins if it is new; one that exists goes on where it was. */
    public Group startsAt(Start start) {
      return new Group(name, start, DEFAULT_CONCURRENCY, null, 0);
    }
  }

  /** The same group with so many keys at a time in this instance. */
  public Group concurrency(int keysAtATime) {
    return new Group(name, start, keysAtATime, executor, perSecond);
  }

  /**
   * The same group with handlers on this executor. No more than {@code concurrency} are given to it
   * at a time; what it rejects is given back to the broker after a second. It is not closed with
   * comms.
   */
  public Group on(Executor yours) {
    Objects.requireNonNull(
        yours, () -> "group " + name + ": executor is null; leave on(...) out for own threads");
    return new Group(name, start, concurrency, yours, perSecond);
  }

  /** The same group with at most so many handlings begun per second in this instance. */
  public Group perSecond(int most) {
    if (most == 0) {
      throw new IllegalArgumentException(
          "group "
              + name
              + ": perSecond is 0, so nothing would be handled; pause the subscription instead");
    }
    return new Group(name, start, concurrency, executor, most);
  }
}
