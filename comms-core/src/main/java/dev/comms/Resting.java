package dev.comms;

import dev.comms.contract.Time;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * What waits before it goes on, for its next attempt or to be given back. At the end of its service
 * it goes back to its broker at once, with what is behind it: a wait may be longer than the drain,
 * and a broker counts what was not given back as a crash. Guarded by itself; jobs run outside it.
 */
final class Resting {
  private final Engine engine;
  private final Lanes lanes;
  // Bounded by the transport's slots.
  private final Set<One> all = new LinkedHashSet<>();
  private boolean over;

  Resting(Engine engine, Lanes lanes) {
    this.engine = engine;
    this.lanes = lanes;
  }

  private static final class One {
    private final Lanes.Job job;
    private final Runnable then;
    private Time.Cancellable timer = () -> {}; // guarded by the Resting

    One(Lanes.Job job, Runnable then) {
      this.job = job;
      this.then = then;
    }
  }

  /** Goes on with a parked job after a pause, on a callback's thread. */
  void rest(Lanes.Job job, Duration pause, Runnable then) {
    One one = new One(job, then);
    synchronized (this) {
      if (!over) {
        all.add(one);
        one.timer = engine.time.schedule(pause, () -> engine.callbacks.execute(() -> rested(one)));
        return;
      }
    }
    home(one);
  }

  private void rested(One one) {
    boolean here;
    synchronized (this) {
      here = all.remove(one);
    }
    if (here) {
      one.then.run();
    }
  }

  /** From now on nothing rests. */
  void home() {
    List<One> left;
    synchronized (this) {
      over = true;
      left = List.copyOf(all);
      all.clear();
      left.forEach(one -> one.timer.cancel());
    }
    left.forEach(this::home);
  }

  private void home(One one) {
    lanes.returnFollowers(one.job);
    one.job.comeAgain();
    engine.callbacks.execute(one.then);
  }
}
