package dev.comms.bench.pair;

import java.util.List;

/**
 * One comparison.
 *
 * @param goal what the ratio must reach, 1 meaning as good as the other
 * @param limits what an operation may take; an open loop has none of CPU, since its pacing burns
 *     most of it
 */
record Row(Family family, Mode mode, Sample<?> sample, double goal, List<Limit> limits) {
  /**
   * In the order in which they run: each family's broker is started once. Goals and limits are what
   * is held today, to be raised as paths get shorter. CPU has a limit of its own since a confirm
   * takes milliseconds, in which a tenth of one would not be seen; where the broker is slow, our
   * threads wake up cold, which costs most of it.
   */
  static final List<Row> ALL =
      List.of(
          row(Family.CALL, Mode.ONE, 0.75, cpu(120), bytes(2_000), p99(1.3)),
          row(Family.CALL, Mode.MANY, 0.80, cpu(40), bytes(2_000), p99(1.3)),
          row(Family.CALL, Mode.ASYNC, 0.80, cpu(30), bytes(2_000), p99(1.3)),
          row(Family.CALL, Mode.OPEN, 0.70),
          row(Family.CALL_ARMERIA, Mode.ONE, 0.70),
          row(Family.CALL_ARMERIA, Mode.ASYNC, 1.2),
          rest(Family.REST_CLOSE, Sample.NUMBERS, 2.7, 1 / 3.0, 0.4),
          rest(Family.REST_CLOSE, Sample.TEXT, 2.5, 0.55, 0.4),
          rest(Family.REST_KEEPALIVE, Sample.NUMBERS, 1.5, 0.6, 0.7),
          rest(Family.REST_KEEPALIVE, Sample.TEXT, 1.1, 1.0, 0.85),
          row(Family.SUBMIT, Mode.ONE, 0.90, cpu(130)),
          row(Family.SUBMIT, Mode.ASYNC, 0.90, cpu(30)),
          row(Family.PUBLISH_KAFKA, Mode.ONE, 0.90, cpu(170)),
          row(Family.PUBLISH_KAFKA, Mode.ASYNC, 0.70, cpu(30)),
          row(Family.PUBLISH_REDIS, Mode.ONE, 0.80, cpu(100)),
          row(Family.PUBLISH_REDIS, Mode.ASYNC, 0.80, cpu(30)));

  private static Row row(Family family, Mode mode, double goal, Limit... limits) {
    return new Row(family, mode, Sample.BYTES, goal, List.of(limits));
  }

  private static Row rest(
      Family family, Sample<?> sample, double goal, double mostP95, double mostCpu) {
    List<Limit> limits =
        List.of(new Limit(Price.P95, mostP95), new Limit(Price.CPU_RATIO, mostCpu));
    return new Row(family, Mode.SOME, sample, goal, limits);
  }

  private static Limit cpu(double micros) {
    return new Limit(Price.CPU_MORE, micros);
  }

  private static Limit bytes(double most) {
    return new Limit(Price.BYTES_MORE, most);
  }

  private static Limit p99(double ratio) {
    return new Limit(Price.P99, ratio);
  }

  String name() {
    return family + "." + (family.isRest() ? sample : mode);
  }

  /**
   * Whether a name on the command line means this row: its own, its family's, or the word that
   * several families' names begin with.
   */
  boolean named(String name) {
    String mine = family.toString();
    return name.equals(name()) || name.equals(mine) || mine.startsWith(name + "-");
  }

  /** The arguments of a client's process. */
  List<String> client(String which, String address) {
    return List.of(family.toString(), which, sample.name(), address);
  }

  String oursGuarantees() {
    return Guarantees.ours(family);
  }

  String otherGuarantees() {
    return Guarantees.raw(family, mode);
  }
}
