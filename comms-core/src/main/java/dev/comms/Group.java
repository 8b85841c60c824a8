package dev.comms;

import dev.comms.spi.EventTransport.Start;
import java.util.Objects;

/**
 * Those who read an event together: each group gets every event once, its members share them.
 *
 * @param name the group's name, 1 to 100 of {@code [a-zA-Z0-9._-]}
 * @param start where the group begins if it is new
 * @param concurrency how many keys are handled at a time in this instance, 1 to 10,000
 */
public record Group(String name, Start start, int concurrency) {
  private static final int DEFAULT_CONCURRENCY = 8;

  public Group {
    if (!name.matches("[a-zA-Z0-9._-]{1,100}")) {
      throw new IllegalArgumentException(
          "group name '" + name + "' is not 1 to 100 of [a-zA-Z0-9._-]; such as 'analytics'");
    }
    if (concurrency < 1 || concurrency > 10_000) {
      throw new IllegalArgumentException(
          "group " + name + ": concurrency is " + concurrency + " but must be 1 to 10,000");
    }
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
      return new Group(name, start, DEFAULT_CONCURRENCY);
    }
  }

  /** The same group with so many keys at a time in this instance. */
  public Group concurrency(int keysAtATime) {
    return new Group(name, start, keysAtATime);
  }
}
