package dev.comms.bench.pair;

import java.util.List;
import java.util.Locale;
import org.HdrHistogram.AbstractHistogram;

/**
 * What one round of one side showed; latencies in microseconds.
 *
 * @param bytes allocated for each operation
 * @param cpu microseconds of its threads' CPU for each operation
 * @param compiling milliseconds that the JVM compiled in this round
 */
record Measured(
    long operations,
    long nanos,
    double p50,
    double p99,
    double p999,
    double bytes,
    double cpu,
    long compiling) {
  private static final double NANOS_PER_MICRO = 1_000;

  static Measured of(AbstractHistogram latencies, long nanos, Costs used) {
    long operations = latencies.getTotalCount();
    return new Measured(
        operations,
        nanos,
        latencies.getValueAtPercentile(50) / NANOS_PER_MICRO,
        latencies.getValueAtPercentile(99) / NANOS_PER_MICRO,
        latencies.getValueAtPercentile(99.9) / NANOS_PER_MICRO,
        (double) used.bytes() / operations,
        used.cpuNanos() / NANOS_PER_MICRO / operations,
        used.compilingMillis());
  }

  double perSecond() {
    return operations * 1e9 / nanos;
  }

  /** The line that a client process answers with. */
  String line() {
    return String.format(
        Locale.ROOT,
        "%d,%d,%.1f,%.1f,%.1f,%.0f,%.2f,%d",
        operations,
        nanos,
        p50,
        p99,
        p999,
        bytes,
        cpu,
        compiling);
  }

  static Measured parse(String line) {
    List<String> values = List.of(line.split(",", -1));
    return new Measured(
        Long.parseLong(values.get(0)),
        Long.parseLong(values.get(1)),
        Double.parseDouble(values.get(2)),
        Double.parseDouble(values.get(3)),
        Double.parseDouble(values.get(4)),
        Double.parseDouble(values.get(5)),
        Double.parseDouble(values.get(6)),
        Long.parseLong(values.get(7)));
  }
}
