package dev.comms.torture;

/**
 * A fault, and what it did.
 *
 * @param kind which kind
 * @param inFlight how many operations it met
 * @param failed how many of them failed
 * @param delayed how many took much longer than usual
 * @param downMs for how long the broker did not answer an independent prober
 * @param firstOkMs how long after the broker was back the first operation succeeded; -1 for never
 */
record Hit(String kind, int inFlight, int failed, int delayed, long downMs, long firstOkMs) {

  /** A fault that nobody noticed is none. */
  boolean counts() {
    return inFlight > 0 && failed + delayed > 0;
  }

  String json() {
    return "{\"kind\":\""
        + kind
        + "\",\"inFlight\":"
        + inFlight
        + ",\"failed\":"
        + failed
        + ",\"delayed\":"
        + delayed
        + ",\"downMs\":"
        + downMs
        + ",\"firstOkMs\":"
        + firstOkMs
        + "}";
  }
}
