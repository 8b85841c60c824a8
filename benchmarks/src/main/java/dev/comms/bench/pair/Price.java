package dev.comms.bench.pair;

/** What an operation of ours takes, held against the other's: less is better. */
enum Price {
  /** Microseconds of the client's threads' CPU. */
  CPU_MORE("cpuMicrosMore"),
  /** Bytes that the client allocates. */
  BYTES_MORE("bytesMore"),
  P95("p95Ratio"),
  P99("p99Ratio"),
  /** Of client and server together, with all that their JVMs do besides. */
  CPU_RATIO("cpuRatio");

  private final String json;

  Price(String json) {
    this.json = json;
  }

  double of(Pair pair) {
    Measured ours = pair.ours();
    Measured other = pair.other();
    return switch (this) {
      case CPU_MORE -> ours.cpu() - other.cpu();
      case BYTES_MORE -> ours.bytes() - other.bytes();
      case P95 -> ours.p95() / other.p95();
      case P99 -> ours.p99() / other.p99();
      case CPU_RATIO -> ours.process() / other.process();
    };
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
