package dev.comms.bench.pair;

/** Nothing could be measured; the message says why, and what to do. */
public final class CannotRun extends RuntimeException {
  private static final long serialVersionUID = 1;

  CannotRun(String why) {
    super(why);
  }
}
