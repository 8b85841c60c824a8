package dev.comms.bench.pair;

import java.util.ArrayList;
import java.util.List;

/** Measures one row: both client processes live as long as it does, and take turns. */
final class Comparison {
  /** Of the slower side's closed loop: below what makes anything wait for long. */
  private static final double SHARE = 0.3;

  private final Row row;
  private final Place place;
  private final Choice choice;
  private final Plan plan;

  Comparison(Row row, Place place, Choice choice) {
    this.row = row;
    this.place = place;
    this.choice = choice;
    this.plan = Plan.of(choice.quick());
  }

  Outcome run() throws Exception {
    String handicap = String.valueOf(choice.handicapNanos());
    String which = choice.raw() ? Family.RAW : Family.OURS;
    try (Child ours = client("ours", which, handicap);
        Child other = client("other", Family.RAW, "0")) {
      ours.answer();
      other.answer();
      double rate = warmUp(ours, other);
      List<Pair> pairs = new ArrayList<>();
      do {
        pairs.add(pair(ours, other, rate, pairs.size() % 2 == 0));
      } while (!plan.enough(pairs.size(), Outcome.ratios(row.mode(), pairs)));
      Traffic traffic = row.family().isRest() && !choice.raw() ? Traffic.of(row, place) : null;
      return new Outcome(row, choice.raw(), pairs, rate, traffic, ours.command(), other.command());
    }
  }

  private Child client(String side, String which, String handicap) {
    List<String> flags =
        choice.profile()
            ? List.of(
                "-Xlog:disable",
                "-XX:StartFlightRecording=settings=profile,dumponexit=true,filename="
                    + Evidence.FOLDER.resolve(row.name() + "-" + side + ".jfr"))
            : List.of();
    String address = which.equals(Family.OURS) ? place.address() : place.otherAddress();
    List<String> arguments = new ArrayList<>(row.client(which, address));
    arguments.add(handicap);
    return Child.start(Client.class, flags, arguments);
  }

  /**
   * First with many under way, for whatever mode: what one caller sends in that time is not enough
   * for the compiler. Then as it is measured.
   *
   * @return the rate of an open loop: a share of what one caller that waits gets from the slower
   *     side
   */
  private double warmUp(Child ours, Child other) throws Exception {
    Mode closed = row.mode() == Mode.OPEN ? Mode.ONE : row.mode();
    warmUp(Mode.ASYNC, ours, other, 0);
    double slowest = warmUp(closed, ours, other, 0);
    if (row.mode() != Mode.OPEN) {
      return 0;
    }
    double rate = Math.max(1, Math.floor(slowest * SHARE));
    warmUp(Mode.OPEN, ours, other, rate);
    return rate;
  }

  private double warmUp(Mode mode, Child ours, Child other, double rate) throws Exception {
    // servers of their own have as much to compile as their clients, on the same processors
    int most = row.family().ownServers() ? 2 * plan.warmups() : plan.warmups();
    for (int round = 1; ; round++) {
      Measured first = round(ours, true, mode, plan.warmupNanos(), rate);
      Measured second = round(other, false, mode, plan.warmupNanos(), rate);
      if (round == most || (plan.warm(first) && plan.warm(second))) {
        return Math.min(first.perSecond(), second.perSecond());
      }
    }
  }

  private Pair pair(Child ours, Child other, double rate, boolean oursFirst) throws Exception {
    if (oursFirst) {
      Measured first = round(ours, true, rate);
      return new Pair(first, round(other, false, rate));
    }
    Measured first = round(other, false, rate);
    return new Pair(round(ours, true, rate), first);
  }

  private Measured round(Child side, boolean ours, double rate) throws Exception {
    return round(side, ours, row.mode(), plan.roundNanos(row.mode()), rate);
  }

  private Measured round(Child side, boolean ours, Mode mode, long nanos, double rate)
      throws Exception {
    place.clear();
    boolean ourServer = ours && !choice.raw();
    Costs before = place.costs(ourServer);
    Measured measured = side.round(mode, nanos, rate);
    return measured.served(place.costs(ourServer).since(before));
  }
}
