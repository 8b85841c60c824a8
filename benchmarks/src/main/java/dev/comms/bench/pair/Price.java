package dev.comms.bench.pair;

import java.util.function.BiFunction;

/** What an operation of ours takes, held against the other's: less is better. */
enum Price {
  /** Microseconds of the client's threads' CPU. */
  CPU_MORE("cpuMicrosMore", (ours, other) -> ours.cpu() - other.cpu()),
  /** Bytes that the client allocates. */
  BYTES_MORE("bytesMore", (ours, other) -> ours.bytes() - other.bytes()),
  P95("p95Ratio", (ours, other) -> ours.p95() / other.p95()),
  P99("p99Ratio", (ours, other) -> ours.p99() / other.p99()),
  /** Of client and server together, with all that their JVMs do besides. */
  CPU_RATIO("cpuRatio", (ours, other) -> ours.process() / other.process());

  private final String json;
  private final BiFunction<Measured, Measured, Double> of;

  Price(String json, BiFunction<Measured, Measured, Double> of) {
    this.json = json;
    this.of = of;
  }

  double of(Pair pair) {
    return of.apply(pair.ours(), pair.other());
  }

  /** Whether it says anything: without servers of their own both sides' processes are half seen. */
  boolean known(Family family) {
    return this != CPU_RATIO || family.ownServers();
  }

  /** What it is called in a row's JSON. */
  @Override
  public String toString() {
    return json;
  }
}
