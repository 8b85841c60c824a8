package dev.comms.testkit;

/** The entry to assertions of what happened; needs AssertJ on the class path. */
public final class CommsAssertions {
  private CommsAssertions() {}

  /** Runs all handlers that are due, and then looks. */
  public static CommsAssert assertThat(TestComms comms) {
    return new CommsAssert(comms.settle());
  }
}
