package dev.comms.bench.pair;

import java.util.Collection;
import java.util.List;

/**
 * The median of the rounds' ratios and an interval that holds the true one with 95 %. The interval
 * is made of the ratios' ranks, so nothing is presumed of how they are spread, and an outlier, such
 * as another program's build, moves neither far.
 */
record Ratios(double median, double low, double high) {
  private static final double LEFT_OUT_EACH_SIDE = 0.025;

  /**
   * Of at least one; with fewer than six the interval is from the least to the most, and holds less
   * than 95 %.
   */
  static Ratios of(Collection<Double> ratios) {
    List<Double> sorted = ratios.stream().sorted().toList();
    int skipped = skipped(sorted.size());
    return new Ratios(median(sorted), sorted.get(skipped), sorted.get(sorted.size() - 1 - skipped));
  }

  static double median(Collection<Double> values) {
    List<Double> sorted = values.stream().sorted().toList();
    int half = sorted.size() / 2;
    return sorted.size() % 2 == 1
        ? sorted.get(half)
        : (sorted.get(half - 1) + sorted.get(half)) / 2;
  }

  /** How wide the interval is, as a share of the median where that is more than 1. */
  double spread() {
    return (high - low) / Math.max(1, median);
  }

  /**
   * How many ratios lie outside at each end. The true median has as many below it as a coin thrown
   * so often shows heads; they are left out while that few are improbable enough.
   */
  static int skipped(int count) {
    double probability = Math.pow(0.5, count);
    double sum = 0;
    int skipped = 0;
    for (int heads = 0; heads < count / 2; heads++) {
      sum += probability;
      if (sum > LEFT_OUT_EACH_SIDE) {
        break;
      }
      skipped = heads;
      probability = probability * (count - heads) / (heads + 1);
    }
    return skipped;
  }
}
