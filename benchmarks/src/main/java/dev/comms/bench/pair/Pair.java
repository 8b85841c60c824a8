package dev.comms.bench.pair;

/** Two rounds, one after the other. */
record Pair(Measured ours, Measured other) {

  double ratio(Mode mode) {
    return mode.ratio(ours, other);
  }
}
