package dev.comms.testkit;

import dev.comms.contract.Deadline;
import dev.comms.spi.Health;
import dev.comms.spi.Host;
import dev.comms.spi.Subscription;
import java.time.Instant;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;

/** A consumer with its slots; its state is guarded by the broker. */
abstract class Member implements Subscription {
  final MemoryBroker broker;
  private final Host host;
  private final String name;
  private final int slots;
  private final Instant since;
  private final Set<MemoryDelivery> unsettled = new LinkedHashSet<>();
  private final CompletableFuture<Void> drained = new CompletableFuture<>();
  private boolean paused;
  private boolean draining;
  private boolean closed;

  Member(MemoryBroker broker, Host host, String name, int slots) {
    if (slots < 1) {
      throw new IllegalArgumentException(name + ": slots is " + slots + " but must be 1 or more");
    }
    this.broker = broker;
    this.host = host;
    this.name = name;
    this.slots = slots;
    this.since = host.time().now();
  }

  final Host host() {
    return host;
  }

  /** Whether it takes another delivery now; under the broker's lock. */
  final boolean free() {
    return !paused && !draining && !closed && unsettled.size() < slots;
  }

  final boolean isClosed() {
    synchronized (broker) {
      return closed;
    }
  }

  final void delivered(MemoryDelivery delivery) {
    unsettled.add(delivery);
  }

  final void settled(MemoryDelivery delivery) {
    unsettled.remove(delivery);
  }

  /** The broker takes these back, in the order of their delivery; under its lock. */
  abstract void putBack(List<MemoryDelivery> orphans, boolean crashed);

  /** It takes no more; under the broker's lock. */
  abstract void leave();

  /** Hands over what can be handed over. */
  abstract void signal();

  final void wake() {
    boolean idle;
    synchronized (broker) {
      idle = draining && unsettled.isEmpty();
    }
    if (idle) {
      drained.complete(null);
    }
    signal();
  }

  @Override
  public final void pause() {
    synchronized (broker) {
      paused = true;
    }
  }

  @Override
  public final void resume() {
    synchronized (broker) {
      paused = false;
    }
    signal();
  }

  @Override
  public final Health health() {
    synchronized (broker) {
      Health.State state =
          closed || broker.faults().down()
              ? Health.State.DOWN
              : draining ? Health.State.DRAINING : Health.State.UP;
      Map<String, String> facts =
          Map.of("unsettled", unsettled.size() + " of " + slots, "paused", String.valueOf(paused));
      return Health.of(List.of(new Health.Part(name, state, since, facts)));
    }
  }

  @Override
  public final CompletableFuture<Void> drain(Deadline deadline) {
    synchronized (broker) {
      draining = true;
    }
    var timer = host.time().schedule(deadline.remaining(), () -> drained.complete(null));
    drained.thenRun(timer::cancel);
    wake();
    return drained.copy();
  }

  /** Under the broker's lock. */
  final void takeBack(boolean crashed) {
    unsettled.forEach(MemoryDelivery::takeBack);
    unsettled.forEach(one -> one.note(Journal.Step.TAKEN_BACK, ""));
    putBack(List.copyOf(unsettled), crashed);
    unsettled.clear();
  }

  /** Ends without a word, with all that it had, and begins anew at once. */
  final void crash() {
    lose(true);
  }

  /** Loses its session, with all that it had, and has a new one as soon as may be. */
  final void lose(boolean crashed) {
    synchronized (broker) {
      takeBack(crashed);
    }
    wake();
  }

  @Override
  public final void close() {
    synchronized (broker) {
      if (closed) {
        return;
      }
      closed = true;
      takeBack(true);
      leave();
    }
    drained.complete(null);
    signal();
  }
}
