package dev.comms.bench.pair;

/** The command line is wrong; the message names the value and the fix. */
public final class Refused extends Exception {
  private static final long serialVersionUID = 1;

  Refused(String why) {
    super(why);
  }
}
