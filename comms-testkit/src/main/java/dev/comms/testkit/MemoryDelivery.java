package dev.comms.testkit;

import dev.comms.contract.CommsException.Misconfigured;
import dev.comms.spi.Delivery;
import dev.comms.spi.Envelope;
import io.micrometer.core.instrument.Counter;
import java.util.concurrent.CompletableFuture;

/** One delivery that is settled once; the state is guarded by the broker. */
abstract class MemoryDelivery implements Delivery {
  private enum State {
    OPEN,
    SETTLED,
    VOID
  }

  private final Member member;
  private final Stored stored;
  private State state = State.OPEN;

  MemoryDelivery(Member member, Stored stored) {
    this.member = member;
    this.stored = stored;
  }

  final Member member() {
    return member;
  }

  final Stored stored() {
    return stored;
  }

  /** As it is when it comes again. */
  final Stored stored(boolean crashed) {
    return crashed ? stored.afterCrash() : stored;
  }

  @Override
  public final Envelope envelope() {
    return stored.envelope();
  }

  @Override
  public final int attempt() {
    return stored.attempt();
  }

  @Override
  public final int redrive() {
    return stored.redrive();
  }

  @Override
  public final int crashes() {
    return stored.crashes();
  }

  @Override
  public final boolean revoked() {
    synchronized (member.broker) {
      return state == State.VOID;
    }
  }

  /** The member ended, so settling this changes nothing any more; under the broker's lock. */
  final void takeBack() {
    state = State.VOID;
  }

  /** Puts it back as after a crash; under the broker's lock. */
  abstract void again();

  final void note(Journal.Step step, String detail) {
    member.broker.journal().note(step, stored.envelope(), detail);
  }

  /** Whether this goes wrong now; what was taken back cannot go wrong any more. */
  final boolean struck(Fault.Kind kind) {
    return !revoked() && member.broker.faults().strikes(kind, envelope().contract());
  }

  /** Settles as done. */
  final CompletableFuture<Void> acknowledge(Runnable effect) {
    if (struck(Fault.Kind.CRASH_AFTER_HANDLER)) {
      member.crash();
    } else if (struck(Fault.Kind.LOST_ACK)) {
      return settle(this::again);
    }
    return settle(effect);
  }

  /** Named and tagged as every transport does, so that one dashboard shows all. */
  private Counter voided() {
    return Counter.builder("comms.settle.void")
        .description("settlements of what the broker had taken back")
        .tag("messaging.system", "memory")
        .tag("contract", envelope().contract())
        .register(member.host().meters());
  }

  /** Settles by this effect, which runs under the broker's lock. */
  final CompletableFuture<Void> settle(Runnable effect) {
    State before;
    synchronized (member.broker) {
      before = state;
      state = State.SETTLED;
      if (before == State.OPEN) {
        effect.run();
        member.settled(this);
      }
    }
    if (before == State.SETTLED) {
      return CompletableFuture.failedFuture(
          new Misconfigured(
              envelope().contract(),
              "the delivery of " + envelope().id() + " was settled twice; settle each once"));
    }
    if (before == State.VOID) {
      voided().increment();
    }
    member.wake();
    return CompletableFuture.completedFuture(null);
  }
}
