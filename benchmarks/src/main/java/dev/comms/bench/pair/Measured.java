package dev.comms.bench.pair;

import java.util.List;
import java.util.Locale;
import org.HdrHistogram.AbstractHistogram;

/**
 * What one round of one side showed; latencies in microseconds.
 *
 * @param bytes allocated for each operation
 * @param cpu microseconds of its threads' CPU for each operation
 * @param process microseconds of CPU for each operation of its whole process, and of its server's
 *     if that is its own
 * @param compiling milliseconds that these JVMs compiled in this round
 */
record Measured(
    long operations,
    long nanos,
    double p50,
    double p95,
    double p99,
    double p999,
    double bytes,
    double cpu,
    double process,
    long compiling) {
  private static final double NANOS_PER_MICRO = 1_000;

  static Measured of(AbstractHistogram latencies, long nanos, Costs used) {
    long operations = latencies.getTotalCount();
    return new Measured(
        operations,
        nanos,
        latencies.getValueAtPercentile(50) / NANOS_PER_MICRO,
        latencies.getValueAtPercentile(95) / NANOS_PER_MICRO,
        latencies.getValueAtPercentile(99) / NANOS_PER_MICRO,
        latencies.getValueAtPercentile(99.9) / NANOS_PER_MICRO,
        (double) used.bytes() / operations,
        used.cpuNanos() / NANOS_PER_MICRO / operations,
        used.processNanos() / NANOS_PER_MICRO / operations,
        used.compilingMillis());
  }

  /** With what its server used in this round. */
  Measured served(Costs used) {
    return new Measured(
        operations,
        nanos,
        p50,
        p95,
        p99,
        p999,
        bytes,
        cpu,
        process + used.processNanos() / NANOS_PER_MICRO / operations,
        compiling + used.compilingMillis());
  }

  double perSecond() {
    return operations * 1e9 / nanos;
  }

  /** The line that a client process answers with. */
  String line() {
    return String.format(
        Locale.ROOT,
        "%d,%d,%.1f,%.1f,%.1f,%.1f,%.0f,%.2f,%.2f,%d",
        operations,
        nanos,
        p50,
        p95,
        p99,
        p999,
        bytes,
        cpu,
        process,
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
        Double.parseDouble(values.get(7)),
        Double.parseDouble(values.get(8)),
        Long.parseLong(values.get(9)));
  }
}
