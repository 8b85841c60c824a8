package dev.comms;

import dev.comms.contract.Deadline;
import dev.comms.spi.Health;
import dev.comms.spi.Subscription;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;

/**
 * The subscriptions of one consumer as one: a contract's names, or the events of a group. It is
 * also paused while its crew has lost too many threads. Guarded by itself.
 */
final class Joined implements Subscription {
  private final String name;
  private final Engine engine;
  private final Crew crew;
  private final Resting resting;
  private final List<Subscription> all;
  private boolean asked;
  private boolean stuck;
  private Instant since;

  private Joined(String name, Engine engine, Crew crew, Resting resting, List<Subscription> all) {
    this.name = name;
    this.engine = engine;
    this.crew = crew;
    this.resting = resting;
    this.all = all;
    this.since = engine.time.now();
  }

  /** Begins all, or none. */
  static Joined begin(
      String name,
      Engine engine,
      Crew crew,
      Resting resting,
      List<Supplier<Subscription>> subscriptions) {
    List<Subscription> begun = new ArrayList<>();
    try {
      subscriptions.forEach(one -> begun.add(one.get()));
    } catch (RuntimeException failed) {
      begun.forEach(Subscription::close);
      throw failed;
    }
    return new Joined(name, engine, crew, resting, List.copyOf(begun));
  }

  @Override
  public synchronized void pause() {
    change(true, stuck);
  }

  @Override
  public synchronized void resume() {
    change(false, stuck);
  }

  /** Asks its crew whether it may go on. */
  synchronized void check() {
    boolean now = crew.stuck();
    since = now == stuck ? since : engine.time.now();
    change(asked, now);
  }

  private void change(boolean nowAsked, boolean nowStuck) {
    boolean before = asked || stuck;
    asked = nowAsked;
    stuck = nowStuck;
    if (before != (asked || stuck)) {
      all.forEach(before ? Subscription::resume : Subscription::pause);
    }
  }

  @Override
  public synchronized Health health() {
    List<Health.Part> parts = new ArrayList<>();
    all.forEach(one -> parts.addAll(one.health().parts()));
    if (stuck) {
      String reason =
          crew.abandoned()
              + " handlers ignore their interrupts and keep their threads, so it is paused until"
              + " some end; make handlers end when they are interrupted";
      parts.add(new Health.Part(name, Health.State.DOWN, since, Map.of("reason", reason)));
    }
    return Health.of(parts);
  }

  /** What is settled before its handler runs is settled while it runs, so handlers count too. */
  @Override
  public CompletableFuture<Void> drain(Deadline deadline) {
    CompletableFuture<?>[] drained =
        all.stream().map(one -> one.drain(deadline)).toArray(CompletableFuture<?>[]::new);
    // Only now: what goes back must not come here again.
    resting.home();
    CompletableFuture<Void> quiet =
        CompletableFuture.allOf(drained).thenCompose(settled -> crew.quiet());
    engine.time.schedule(
        deadline.remaining().isNegative() ? java.time.Duration.ZERO : deadline.remaining(),
        () -> engine.callbacks.execute(() -> quiet.complete(null)));
    return quiet;
  }

  @Override
  public void close() {
    RuntimeException first = null;
    for (Subscription one : all) {
      try {
        one.close();
      } catch (RuntimeException failed) {
        first = first == null ? failed : first;
      }
    }
    if (first != null) {
      throw first;
    }
  }
}
