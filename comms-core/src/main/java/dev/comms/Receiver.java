package dev.comms;

import dev.comms.contract.Deadline;
import dev.comms.contract.Handler;
import dev.comms.policy.Exchange.Verb;
import dev.comms.policy.Steps;
import dev.comms.spi.Envelope;
import dev.comms.spi.Subscription;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** What handles tasks and what handles events have in common: one crew and one set of lanes. */
abstract class Receiver implements Consumers.Consumer {
  final Engine engine;
  final Crew crew;

  /** How many work at a time, as it was when this was made. */
  final int concurrency;

  final Lanes lanes;
  private final Resting resting;
  private final String name;
  private volatile @Nullable Joined running;

  /**
   * How much at a time, and where.
   *
   * @param executor where handlers run, or null
   * @param perSecond how many begin per second, or 0
   * @param batch how deliveries are gathered, or null
   */
  record Extent(
      int concurrency, @Nullable Executor executor, int perSecond, @Nullable Batch batch) {}

  Receiver(Engine engine, String name, Extent extent) {
    this.engine = engine;
    this.name = name;
    Executor lent = extent.executor();
    HandlerThreads threads =
        lent == null ? HandlerThreads.of(engine, name) : HandlerThreads.lent(engine, name, lent);
    int most = extent.concurrency();
    this.concurrency = most;
    // A handler past its limit keeps its thread for a while, and its place is used again.
    this.crew = new Crew(name, threads, most, most, this::changed);
    Pace pace = extent.perSecond() == 0 ? null : new Pace(engine, extent.perSecond());
    Batch batch = extent.batch();
    this.lanes =
        batch == null
            ? new KeyLanes(most, pace)
            : new BatchLanes(engine, batch, most, pace, Lane::beginAll);
    this.resting = new Resting(engine, lanes);
  }

  /** What all deliveries of one contract share, each of them handled by itself. */
  <T> Lane.Line line(
      Steps steps, Verb verb, String group, Terms<T> terms, Handler.Work<T> handler) {
    return new Lane.Line(
        engine,
        lanes,
        resting,
        crew,
        new Settling(terms.contract(), engine.meters),
        Handling.each(engine, steps, crew, terms, handler),
        null,
        verb,
        group,
        terms);
  }

  /** The same, handled in batches. */
  <T> Lane.Line batches(
      Steps steps, Verb verb, String group, Terms<T> terms, Batch.Work<T> handler) {
    return new Lane.Line(
        engine,
        lanes,
        resting,
        crew,
        new Settling(terms.contract(), engine.meters),
        lane -> exchange -> CompletableFuture.completedFuture(Envelope.EMPTY),
        new Batches<>(engine, steps, crew, terms, handler),
        verb,
        group,
        terms);
  }

  /** The subscriptions to begin, when it may. */
  abstract List<Supplier<Subscription>> subscriptions();

  @Override
  public Subscription start() {
    Joined joined = Joined.begin(name, engine, crew, resting, subscriptions());
    running = joined;
    return joined;
  }

  private void changed() {
    Joined now = running;
    if (now != null) {
      now.check();
    }
  }

  @Override
  public void resize(int atATime) {
    crew.resize(atATime);
    lanes.resize(atATime);
  }

  @Override
  public void interrupt() {
    crew.interrupt();
    resting.home();
    lanes.open();
  }

  @Override
  public void end(Deadline deadline) {
    crew.close(deadline);
  }
}
