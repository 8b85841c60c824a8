package dev.comms.torture;

import dev.comms.testkit.history.History;
import dev.comms.testkit.history.HistoryCheck;
import dev.comms.testkit.history.HistoryReport;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.function.Consumer;

/**
 * One campaign: load, and while it lasts one fault after the other; then everything is mended, what
 * was confirmed is given the time to be handled, and the history is checked.
 */
final class Campaign {
  private static final Duration WARM = Duration.ofSeconds(30);
  private static final Duration BACK = Duration.ofSeconds(90);
  private static final Duration DRAIN = Duration.ofSeconds(90);

  /** What takes longer than this was delayed; usual is some milliseconds. */
  private static final Duration SLOW = Duration.ofMillis(150);

  /** A phase lasts as long as its fault holds, and so much more. */
  private static final Duration AROUND = Duration.ofMillis(1_500);

  private static final long TICK_MILLIS = 10;

  private final Plan plan;
  private final Rig rig;
  private final Ledger ledger;
  private final Consumer<String> say;
  private final List<Hit> hits = new ArrayList<>();

  Campaign(Plan plan, Rig rig, Consumer<String> say) {
    this.plan = plan;
    this.rig = rig;
    this.ledger = new Ledger(plan.count());
    this.say = say;
  }

  TortureReport run() throws InterruptedException {
    long begun = System.nanoTime();
    Set<Thread> before = Leaks.living();
    boolean drained;
    int confirmed;
    try (History history = History.to(made(), "torture");
        Load load = new Load(rig, Plan.SLOTS);
        Prober prober = new Prober(rig.handshake())) {
      rig.start(history, ledger);
      load.start();
      torture(history, load, prober);
      load.grant(plan.count());
      boolean asked = load.awaitEnded(plan.count(), DRAIN);
      confirmed = load.confirmed();
      drained = asked && drained();
      rig.remains(history);
      rig.stop();
      if (drained) {
        history.drained();
      }
    }
    Leaks leaks = Leaks.of(rig, before);
    HistoryReport found = HistoryCheck.of(plan.lateBy(), List.of(plan.history()));
    long seconds = Math.round((System.nanoTime() - begun) / 1e9);
    return new TortureReport(
        plan,
        rig.broker(),
        found,
        hits,
        needed(),
        confirmed,
        ledger.doubled(rig.readers()),
        drained,
        leaks,
        seconds);
  }

  private Path made() {
    try {
      Files.createDirectories(plan.folder());
      return plan.history();
    } catch (IOException failed) {
      throw new UncheckedIOException(failed);
    }
  }

  private void torture(History history, Load load, Prober prober) throws InterruptedException {
    load.grant(plan.count() / 50 + 1);
    if (!load.awaitEnded(plan.count() / 50 + 1, WARM)) {
      throw new IllegalStateException("the first operations did not end within " + WARM);
    }
    List<Breakage> order = order();
    for (int i = 0; i < order.size(); i++) {
      Breakage one = order.get(i);
      int upTo = (int) ((long) plan.count() * (i + 1) / order.size());
      Granting granting = new Granting(load, upTo, one.hold().plus(AROUND));
      granting.start();
      history.fault(one.kind());
      Hit hit = hit(one, load, prober);
      hits.add(hit);
      say.accept("fault " + (i + 1) + " of " + order.size() + ": " + hit);
      granting.join();
      load.awaitBegun(upTo, BACK);
    }
  }

  /** Each kind in turn, in an order of the seed's, as often as it takes. */
  private List<Breakage> order() {
    List<Breakage> order = new ArrayList<>();
    Random random = new Random(plan.seed());
    while (order.size() < plan.faults()) {
      List<Breakage> all = new ArrayList<>(rig.breakages());
      Collections.shuffle(all, random);
      // What leaves unknown outcomes comes first, so that a short campaign has it.
      all.sort((one, other) -> Boolean.compare(other.unknown(), one.unknown()));
      order.addAll(all.subList(0, Math.min(all.size(), plan.faults() - order.size())));
    }
    return order;
  }

  private Hit hit(Breakage one, Load load, Prober prober) throws InterruptedException {
    load.awaitInFlight(WARM);
    load.open(SLOW);
    prober.forget();
    one.begin().run();
    try {
      Thread.sleep(one.hold().toMillis());
    } finally {
      one.end().run();
    }
    long mended = System.nanoTime();
    long back = prober.answeredSince(mended, BACK);
    long ok = load.awaitOkAfter(back, BACK);
    Load.Met met = load.shut();
    return new Hit(
        one.kind(),
        met.met(),
        met.failed(),
        met.delayed(),
        prober.longestDown().toMillis(),
        ok == 0 ? -1 : (ok - back) / 1_000_000);
  }

  private boolean needed() {
    return order().stream().anyMatch(Breakage::unknown);
  }

  private boolean drained() throws InterruptedException {
    long end = System.nanoTime() + DRAIN.toNanos();
    while (rig.backlog() > 0) {
      if (System.nanoTime() - end > 0) {
        return false;
      }
      Thread.sleep(TICK_MILLIS * 10);
    }
    return true;
  }

  /** Lets a phase's operations begin evenly; its thread is {@code torture-granting}. */
  private static final class Granting extends Thread {
    private final Load load;
    private final int upTo;
    private final Duration over;

    Granting(Load load, int upTo, Duration over) {
      super("torture-granting");
      setDaemon(true);
      this.load = load;
      this.upTo = upTo;
      this.over = over;
    }

    @Override
    public void run() {
      int from = load.begun();
      long begun = System.nanoTime();
      double share = 0;
      try {
        while (share < 1) {
          Thread.sleep(TICK_MILLIS);
          share = Math.min(1, (System.nanoTime() - begun) / (double) over.toNanos());
          load.grant(from + (int) ((upTo - from) * share));
        }
      } catch (InterruptedException end) {
        Thread.currentThread().interrupt();
      }
    }
  }
}
