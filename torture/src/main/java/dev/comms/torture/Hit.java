package dev.comms.torture;

/**
 * A fault, and what it did.
 *
 * @param kind which kind
 * @param inFlight how many operations were under way while it lasted
 * @param failed how many of them failed
 * @param unknown of how many of those nobody knows whether they happened
 * @param delayed how many took much longer than usual
 * @param downMs for how long the broker did not answer an independent prober
 * @param firstOkMs how long after the broker was back the first operation succeeded; -1 for never
 */
record Hit(
    String kind, int inFlight, int failed, int unknown, int delayed, long downMs, long firstOkMs) {

  /** A fault that nobody noticed is none. */
  boolean counts(Breakage wanted) {
    return inFlight > 0
        && failed + delayed > 0
        && (!wanted.cuts() || downMs > 0)
        && (!wanted.unknown() || unknown > 0);
  }

  String json() {
    return "{\"kind\":\""
        + kind
        + "\",\"inFlight\":"
        + inFlight
        + ",\"failed\":"
        + failed
        + ",\"unknown\":"
        + unknown
        + ",\"delayed\":"
        + delayed
        + ",\"downMs\":"
        + downMs
        + ",\"firstOkMs\":"
        + firstOkMs
        + "}";
  }
}
