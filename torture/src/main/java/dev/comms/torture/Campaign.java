package dev.comms.torture;

import dev.comms.testkit.history.History;
import dev.comms.testkit.history.HistoryCheck;
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
  private static final Duration WARM = Duration.ofSeconds(60);
  private static final Duration BACK = Duration.ofSeconds(90);
  private static final Duration DRAIN = Duration.ofSeconds(90);

  /** What takes longer than this, and than usual, was delayed. */
  private static final Duration SLOW = Duration.ofMillis(150);

  /** A phase lasts as long as its fault holds, and so much more. */
  private static final Duration AROUND = Duration.ofMillis(1_500);

  private static final long TICK_MILLIS = 100;
  private static final int SAMPLES = 10;

  private final Plan plan;
  private final Rig rig;
  private final Ledger ledger;
  private final Consumer<String> say;
  private final List<Breakage> order;
  private final List<Hit> hits = new ArrayList<>();
  private final List<String> troubles = new ArrayList<>();
  private int confirmed;
  private boolean drained;
  private long grown;

  Campaign(Plan plan, Rig rig, Consumer<String> say) {
    this.plan = plan;
    this.rig = rig;
    this.ledger = new Ledger(plan.count());
    this.say = say;
    this.order = order();
  }

  TortureReport run() throws InterruptedException {
    long begun = System.nanoTime();
    Set<Thread> before = Leaks.living();
    try (History history = History.to(made(), "torture")) {
      recorded(history);
    } catch (RuntimeException failed) {
      // A campaign that broke down is red, and what it recorded is checked all the same.
      troubles.add("it broke down: " + failed);
    }
    Leaks leaks = Leaks.of(rig, before, grown);
    return new TortureReport(
        plan,
        rig.broker(),
        HistoryCheck.of(plan.lateBy(), List.of(plan.history())),
        order,
        hits,
        troubles,
        confirmed,
        ledger.doubled(rig.readers()),
        drained,
        leaks,
        Math.round((System.nanoTime() - begun) / 1e9));
  }

  private Path made() {
    try {
      Files.createDirectories(plan.folder());
      return plan.history();
    } catch (IOException failed) {
      throw new UncheckedIOException(failed);
    }
  }

  private void recorded(History history) throws InterruptedException {
    try (Load load = new Load(rig, ledger, Plan.SLOTS);
        Prober prober = new Prober(rig.handshake())) {
      rig.start(history, ledger);
      load.start();
      int first = plan.count() / 50 + 1;
      load.grant(first);
      load.awaitEnded(first, WARM);
      long connections = connections();
      torture(history, load, prober);
      load.grant(plan.count());
      load.awaitEnded(plan.count(), DRAIN);
      confirmed = load.confirmed();
      drained = drained();
      grown = connections() - connections;
    }
    rig.remains(history);
    rig.stop();
    if (drained) {
      history.drained();
    }
  }

  /** The fewest of some looks: the prober's come and go. */
  private long connections() throws InterruptedException {
    long fewest = rig.connections();
    for (int i = 0; i < SAMPLES; i++) {
      Thread.sleep(TICK_MILLIS);
      fewest = Math.min(fewest, rig.connections());
    }
    return fewest;
  }

  private void torture(History history, Load load, Prober prober) throws InterruptedException {
    for (int i = 0; i < order.size(); i++) {
      Breakage one = order.get(i);
      int upTo = (int) ((long) plan.count() * (i + 1) / order.size());
      try (Granting granting = new Granting(load, upTo, one.hold().plus(AROUND))) {
        granting.start();
        history.fault(one.kind());
        Hit hit = hit(one, load, prober);
        hits.add(hit);
        say.accept("fault " + (i + 1) + " of " + order.size() + ": " + hit);
        granting.join();
        load.awaitBegun(upTo, BACK);
      }
    }
  }

  /** Each kind in turn, in an order of the seed's, as often as it takes. */
  private List<Breakage> order() {
    List<Breakage> all = new ArrayList<>();
    Random random = new Random(plan.seed());
    while (all.size() < plan.faults()) {
      List<Breakage> round = new ArrayList<>(rig.breakages());
      Collections.shuffle(round, random);
      // What leaves unknown outcomes comes first, so that a short campaign has it.
      round.sort((one, other) -> Boolean.compare(other.unknown(), one.unknown()));
      all.addAll(round.subList(0, Math.min(round.size(), plan.faults() - all.size())));
    }
    return List.copyOf(all);
  }

  private Hit hit(Breakage one, Load load, Prober prober) throws InterruptedException {
    load.awaitInFlight(WARM);
    Window window = load.open(SLOW);
    prober.watch();
    one.begin().run();
    try {
      Thread.sleep(one.hold().toMillis());
    } finally {
      one.end().run();
    }
    load.mended(window);
    long back = prober.back(System.nanoTime(), BACK);
    long ok = load.awaitSuccess(window, back, BACK);
    load.awaitOver(window, BACK);
    load.shut();
    long firstOk = ok == 0 ? -1 : (ok - back) / 1_000_000;
    return window.hit(one.kind(), prober.longestDown().toMillis(), firstOk);
  }

  private boolean drained() throws InterruptedException {
    long end = System.nanoTime() + DRAIN.toNanos();
    while (!empty()) {
      if (System.nanoTime() - end > 0) {
        troubles.add(ledger.waiting(rig.readers()) + " confirmed operations wait to be handled");
        return false;
      }
      Thread.sleep(TICK_MILLIS);
    }
    return true;
  }

  /** A look that fails on a busy machine is taken again. */
  private boolean empty() {
    try {
      return ledger.waiting(rig.readers()) == 0 && rig.unsettled() == 0;
    } catch (RuntimeException later) {
      return false;
    }
  }
}
