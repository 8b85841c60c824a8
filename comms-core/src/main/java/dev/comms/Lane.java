package dev.comms;

import dev.comms.contract.Backoff;
import dev.comms.contract.CommsException;
import dev.comms.contract.Contract;
import dev.comms.contract.Deadline;
import dev.comms.policy.Exchange;
import dev.comms.policy.Exchange.Verb;
import dev.comms.policy.Policy.Next;
import dev.comms.spi.Delivery;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * One delivery, from its place in a lane until it is settled: what tasks and events have in common.
 * While it is being settled otherwise than as done its key waits, so that what comes again comes in
 * order; its place is free meanwhile.
 */
abstract class Lane implements KeyLanes.Job {

  /**
   * What all deliveries of one handler share.
   *
   * @param group the group that handles, or empty
   * @param attempts the most attempts
   */
  record Line(
      Engine engine,
      KeyLanes lanes,
      Settling settling,
      Next pipeline,
      Verb verb,
      Contract contract,
      String group,
      int attempts,
      Backoff backoff) {}

  private final Line line;
  private final Delivery delivery;

  Lane(Line line, Delivery delivery) {
    this.line = line;
    this.delivery = delivery;
  }

  /** Which attempt this is, from 1. */
  abstract int attempt();

  /** Sees to the next attempt; this one has left its place. */
  abstract void retry(Duration pause, CommsException failure);

  @Override
  public void begin() {
    // With its own service going down, a thread is no longer to be had.
    if (delivery.revoked() || line.engine.phase() == Engine.Phase.CLOSED) {
      giveBack(Duration.ZERO);
      return;
    }
    CompletableFuture<Void> dead = line.settling.deadOnArrival(delivery);
    if (dead != null) {
      leaveAfter(dead);
      return;
    }
    Exchange exchange =
        Exchange.of(
            line.verb,
            line.contract,
            line.group,
            delivery.envelope(),
            Deadline.never(line.engine.time),
            attempt());
    Pipeline.run(line.pipeline, exchange, reply -> reply)
        .whenComplete((reply, failure) -> settle(failure));
  }

  private void settle(@Nullable Throwable thrown) {
    if (thrown == null) {
      line.settling.done(delivery);
      line.lanes.end(this);
      return;
    }
    CommsException failure = CommsException.of(line.contract.name(), thrown);
    Failing what =
        Failing.of(delivery, attempt(), line.attempts, line.backoff, failure, line.engine);
    switch (what.step()) {
      case RETRY -> {
        line.settling.retrying(delivery, attempt(), what.pause(), failure);
        line.lanes.park(this);
        retry(what.pause(), failure);
      }
      case DEAD -> leaveAfter(line.settling.dead(delivery, what.reason(), failure));
      case GIVE_BACK -> giveBack(what.pause());
    }
  }

  private void giveBack(Duration pause) {
    if (pause.isZero()) {
      leaveAfter(line.settling.giveBack(delivery));
      return;
    }
    line.lanes.park(this);
    after(pause, () -> line.settling.giveBack(delivery).whenComplete((d, f) -> leave()));
  }

  private void leaveAfter(CompletableFuture<Void> settled) {
    line.lanes.park(this);
    settled.whenComplete((done, failure) -> leave());
  }

  /** For a parked one: the next of its key may begin. */
  void leave() {
    line.lanes.leave(this);
  }

  /** Runs something later, on a callback's thread. */
  void after(Duration pause, Runnable what) {
    line.engine.time.schedule(pause, () -> line.engine.callbacks.execute(what));
  }
}
