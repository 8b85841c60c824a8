package dev.comms.bench.pair;

import java.util.List;

/**
 * One comparison.
 *
 * @param goal what the ratio must reach, 1 meaning as good as the raw client
 * @param mostCpu microseconds of CPU that our operation may take more; an open loop has none, since
 *     its pacing burns most of it
 */
record Row(Family family, Mode mode, double goal, double mostCpu) {
  /**
   * In the order in which they run: each family's broker is started once. Goals and limits are what
   * is held today, to be raised as paths get shorter. CPU has a limit of its own since a confirm
   * takes milliseconds, in which a tenth of one would not be seen; where the broker is slow, our
   * threads wake up cold, which costs most of it.
   */
  static final List<Row> ALL =
      List.of(
          new Row(Family.CALL, Mode.ONE, 0.75, 120),
          new Row(Family.CALL, Mode.ASYNC, 0.80, 30),
          new Row(Family.CALL, Mode.OPEN, 0.70, 0),
          new Row(Family.SUBMIT, Mode.ONE, 0.90, 130),
          new Row(Family.SUBMIT, Mode.ASYNC, 0.90, 30),
          new Row(Family.PUBLISH_KAFKA, Mode.ONE, 0.90, 170),
          new Row(Family.PUBLISH_KAFKA, Mode.ASYNC, 0.70, 30),
          new Row(Family.PUBLISH_REDIS, Mode.ONE, 0.80, 100),
          new Row(Family.PUBLISH_REDIS, Mode.ASYNC, 0.80, 30));

  String name() {
    return family + "." + mode;
  }

  /** Whether a name on the command line means this row: its own, or its family's. */
  boolean named(String name) {
    return name.equals(name()) || name.equals(family.toString());
  }

  String oursGuarantees() {
    return Guarantees.ours(family);
  }

  String otherGuarantees() {
    return Guarantees.raw(family, mode);
  }
}
