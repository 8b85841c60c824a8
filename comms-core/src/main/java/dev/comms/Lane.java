package dev.comms;

import dev.comms.contract.CommsException;
import dev.comms.contract.CommsException.Facts;
import dev.comms.contract.Contract;
import dev.comms.contract.Deadline;
import dev.comms.contract.Effect;
import dev.comms.policy.Exchange;
import dev.comms.policy.Exchange.Verb;
import dev.comms.policy.Policy.Next;
import dev.comms.spi.Delivery;
import dev.comms.spi.Envelope;
import dev.comms.spi.Reply;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * One delivery, from its place in a lane until it is settled: what tasks and events have in common.
 * While it is being settled otherwise than as done its key waits, so that what comes again comes in
 * order; its place is free meanwhile.
 */
abstract class Lane implements Lanes.Job {

  /** The way of one delivery to its handler. */
  @FunctionalInterface
  interface Route {
    Next of(Lane lane);
  }

  /**
   * What all deliveries of one handler share.
   *
   * @param batches gathers them, or null
   * @param group the group that handles, or empty
   */
  record Line(
      Engine engine,
      Lanes lanes,
      Resting resting,
      Crew crew,
      Settling settling,
      Route route,
      @Nullable Batches<?> batches,
      Verb verb,
      String group,
      Terms<?> terms) {
    Contract contract() {
      return engine.effective(terms.contract());
    }
  }

  private final Line line;
  private final Delivery delivery;
  private volatile boolean returning;
  // Both guarded by this: its settlement if that goes before its handler, or that it has ended. One
  // of the two is first: a handler whose limit has passed must not settle what was settled then.
  private @Nullable CompletableFuture<Void> early;
  private boolean ended;

  Lane(Line line, Delivery delivery) {
    this.line = line;
    this.delivery = delivery;
  }

  /** Begins a batch of the same line. */
  static void beginAll(List<Lanes.Job> jobs, Runnable over) {
    List<Lane> lanes = jobs.stream().map(Lane.class::cast).toList();
    Objects.requireNonNull(lanes.get(0).line.batches).begin(lanes, over);
  }

  /** Which attempt this is, from 1. */
  abstract int attempt();

  /** Sees to the next attempt; this one has left its place. */
  abstract void retry(Duration pause, CommsException failure);

  /** Puts a checkpoint in its place; only for tasks. */
  CompletableFuture<Void> continueLater(byte[] state, Duration after) {
    throw new UnsupportedOperationException("only a task continues later");
  }

  Envelope message() {
    return delivery.envelope();
  }

  @Override
  public void comeAgain() {
    returning = true;
  }

  @Override
  public boolean alone() {
    return attempt() > 1;
  }

  @Override
  public void begin() {
    if (mayRun()) {
      Pipeline.run(line.route.of(this), exchange(Deadline.never(line.engine.time)), reply -> reply)
          .whenComplete(this::settle);
    }
  }

  Exchange exchange(Deadline deadline) {
    return Exchange.of(
        line.verb, line.contract(), line.group, delivery.envelope(), deadline, attempt());
  }

  /** Begins it anew, when those of its key that are before it have ended. */
  void again() {
    line.lanes.resume(this);
  }

  /** False if it need not run; then it is settled. */
  boolean mayRun() {
    synchronized (this) {
      ended = false;
    }
    // With its own service going down, or too many lost, a thread is no longer to be had.
    boolean back = returning || delivery.revoked() || line.crew.stuck();
    if (back || line.engine.phase() == Engine.Phase.CLOSED) {
      giveBack(Duration.ZERO);
      return false;
    }
    CompletableFuture<Void> dead = line.settling.deadOnArrival(delivery);
    if (dead != null) {
      leaveAfter(dead);
    }
    return dead == null;
  }

  /** Settles it before its handler runs; the handler runs only if this is done. */
  CompletableFuture<Void> settleFirst() {
    CompletableFuture<Void> settled = new CompletableFuture<>();
    synchronized (this) {
      if (ended) {
        return CompletableFuture.failedFuture(
            new CommsException.Cancelled(
                Facts.of(line.terms.contract().name())
                    .effect(Effect.NONE)
                    .message("its limit passed before its handler was begun")));
      }
      early = settled;
    }
    line.settling
        .done(delivery)
        .whenComplete(
            (done, failure) -> {
              if (failure == null) {
                settled.complete(null);
              } else {
                settled.completeExceptionally(failure);
              }
            });
    // A copy: whoever gives up waiting for it must not end it.
    return settled.copy();
  }

  /** Sees to what is due after its handling. */
  void settle(@Nullable Reply reply, @Nullable Throwable thrown) {
    CommsException failure =
        thrown == null ? null : CommsException.of(line.terms.contract().name(), thrown);
    CompletableFuture<Void> settled;
    synchronized (this) {
      ended = true;
      settled = early;
    }
    if (settled != null) {
      if (failure != null) {
        // Also if that was settled only after the handler's limit: nobody handles it any more.
        settled.thenRun(() -> line.settling.lost(delivery, failure));
      }
      line.lanes.end(this);
    } else if (failure != null) {
      settle(failure);
    } else if (reply instanceof Envelope more && more != Envelope.EMPTY && Handling.goesOn(more)) {
      line.lanes.park(this);
      line.settling
          .watch(delivery, "to go on later", continueLater(more.body(), Handling.pauseOf(more)))
          .whenComplete((done, failed) -> leave());
    } else {
      line.settling.done(delivery);
      line.lanes.end(this);
    }
  }

  private void settle(CommsException failure) {
    Failing what = Failing.of(delivery, attempt(), line.terms, failure, line.engine);
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
    line.lanes.park(this);
    if (pause.isZero()) {
      returned();
    } else {
      line.resting.rest(this, pause, this::returned);
    }
  }

  /** It was gathered into a batch that ended before its turn came: that is no attempt. */
  void notBegun() {
    giveBack(Duration.ZERO);
  }

  private void returned() {
    // Before it goes: what is delivered afterwards is behind it again.
    followersReturn();
    line.settling.giveBack(delivery).whenComplete((done, failed) -> leave());
  }

  /** It comes again, so what follows it must come again behind it; once, or it would never end. */
  private void followersReturn() {
    if (!returning) {
      line.lanes.returnFollowers(this);
    }
  }

  private void leaveAfter(CompletableFuture<Void> settled) {
    line.lanes.park(this);
    settled.whenComplete(
        (done, failure) -> {
          if (failure != null) {
            followersReturn();
          }
          leave();
        });
  }

  /** For a parked one: the next of its key may begin. */
  void leave() {
    line.lanes.leave(this);
  }
}
