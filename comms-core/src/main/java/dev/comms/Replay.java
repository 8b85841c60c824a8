package dev.comms;

import dev.comms.contract.CommsException;
import dev.comms.contract.Event;
import dev.comms.contract.Handler;
import dev.comms.policy.Steps;
import dev.comms.spi.Ability;
import dev.comms.spi.EventTransport;
import dev.comms.spi.EventTransport.Range;
import dev.comms.spi.EventTransport.Replayed;
import java.time.Duration;
import java.time.Instant;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * Kept events, to be read again: outside of every group, so no group notices. Immutable; {@link
 * #to} and {@link #concurrency} return copies.
 *
 * @param <T> the payload
 */
public final class Replay<T> {

  private final Engine engine;
  private final EventTransport transport;
  private final Steps.Place place;
  private final Event<T> event;
  private final Range range;
  private final int concurrency;

  private Replay(
      Engine engine,
      EventTransport transport,
      Steps.Place place,
      Event<T> event,
      Range range,
      int concurrency) {
    this.engine = engine;
    this.transport = transport;
    this.place = place;
    this.event = event;
    this.range = range;
    this.concurrency = concurrency;
  }

  /** A replay that does not know yet where it begins. */
  public static final class Begin<T> {
    private final Engine engine;
    private final EventTransport transport;
    private final Steps.Place place;
    private final Event<T> event;

    Begin(Engine engine, EventTransport transport, Steps.Place place, Event<T> event) {
      this.engine = engine;
      this.transport = transport;
      this.place = place;
      this.event = event;
    }

    /** With what happened at this moment or later. */
    public Replay<T> from(Instant moment) {
      Objects.requireNonNull(moment, "replay: from is null; Instant.EPOCH is all that is kept");
      return new Replay<>(engine, transport, place, event, new Range(moment, null), 8);
    }

    /** With what happened so long ago; not negative. */
    public Replay<T> since(Duration ago) {
      if (ago.isNegative()) {
        throw new IllegalArgumentException(
            event.name() + ": replay since " + ago + " but it must not be negative");
      }
      return from(engine.time.now().minus(ago));
    }
  }

  /** Ends before this moment, instead of where the events end when the replay begins. */
  public Replay<T> to(Instant moment) {
    if (!moment.isAfter(range.from())) {
      throw new IllegalArgumentException(
          event.name() + ": replay to " + moment + " but it begins at " + range.from());
    }
    return new Replay<>(
        engine, transport, place, event, new Range(range.from(), moment), concurrency);
  }

  /** So many events at a time, of as many keys; by default 8. */
  public Replay<T> concurrency(int most) {
    if (most < 1 || most > 10_000) {
      throw new IllegalArgumentException(
          event.name() + ": the concurrency of a replay is " + most + " but must be 1 to 10,000");
    }
    return new Replay<>(engine, transport, place, event, range, most);
  }

  /**
   * Hands each event to the handler, in order per key, and waits for the end; a handler's limit is
   * the event's. Nothing is settled, nothing is tried again, and an expiry that has passed does not
   * count. The first handler that fails ends the replay: what came before it, and what ran beside
   * it, is done.
   *
   * @return how many events there were, and how many of the range were no longer kept
   * @throws CommsException as the handler failed, naming the event's id, or as the transport did;
   *     {@code Misconfigured} if the transport has no replay
   */
  public Replayed each(Handler.Work<T> handler) {
    engine.mayWait(event);
    return engine.time.await(eachAsync(handler), event.name(), engine.noLimit(false));
  }

  /** As {@link #each}; cancelling the future ends the replay. */
  public CompletableFuture<Replayed> eachAsync(Handler.Work<T> handler) {
    CommsException refusal = refusal();
    if (refusal != null) {
      return CompletableFuture.failedFuture(refusal);
    }
    return new Replaying<>(engine, transport, place, engine.effective(event), concurrency, handler)
        .run(range);
  }

  private @Nullable CommsException refusal() {
    return transport.abilities().contains(Ability.REPLAY)
        ? engine.refusal(event.name())
        : Ability.REPLAY.refused(event.name(), transport.system());
  }
}
