package dev.comms.bench;

import java.util.Map;
import org.openjdk.jmh.results.Result;
import org.openjdk.jmh.results.RunResult;

/**
 * What one operation took. Other programs only ever add time, so the time is the best iteration's;
 * bytes hardly depend on them and are the median.
 */
record Figure(double nanos, double bytes) {

  static Figure of(RunResult run) {
    Result<?> bytes = run.getSecondaryResults().get("gc.alloc.rate.norm");
    if (bytes == null) {
      throw new IllegalStateException(
          run.getParams().getBenchmark()
              + ": this JVM does not count allocated bytes; use another");
    }
    return new Figure(
        run.getPrimaryResult().getStatistics().getMin(), bytes.getStatistics().getPercentile(50));
  }

  /** The better of two measurements of the same. */
  Figure best(Figure other) {
    return new Figure(Math.min(nanos, other.nanos), Math.min(bytes, other.bytes));
  }

  Figure minus(Figure other) {
    return new Figure(nanos - other.nanos, bytes - other.bytes);
  }

  /** Whole numbers: there is no more in them. */
  Map<String, Object> json() {
    return Map.of("ns", Math.round(nanos), "bytes", Math.round(bytes));
  }
}
