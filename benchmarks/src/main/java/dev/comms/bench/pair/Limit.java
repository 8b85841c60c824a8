package dev.comms.bench.pair;

/**
 * What a row's operations may take.
 *
 * @param most the median of the pairs may be this
 */
record Limit(Price price, double most) {

  boolean passed(double median) {
    return median > most;
  }
}
