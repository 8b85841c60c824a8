package dev.comms;

import dev.comms.contract.CommsException;
import dev.comms.contract.CommsException.Cancelled;
import dev.comms.contract.CommsException.Facts;
import dev.comms.contract.Deadline;
import dev.comms.contract.Effect;
import dev.comms.contract.Event;
import dev.comms.contract.Fault;
import dev.comms.contract.Handler;
import dev.comms.policy.Exchange;
import dev.comms.policy.Exchange.Verb;
import dev.comms.policy.Policy.Next;
import dev.comms.policy.Steps;
import dev.comms.spi.Envelope;
import dev.comms.spi.EventTransport;
import dev.comms.spi.EventTransport.Range;
import dev.comms.spi.EventTransport.Replayed;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/** One replay under way: the same lanes, threads and policies as a group's, without settling. */
final class Replaying<T> {
  /** What telemetry names instead of a group. */
  static final String GROUP = "replay";

  private static final Duration LAST = Duration.ofMillis(500);

  private final Engine engine;
  private final EventTransport transport;
  private final Event<T> event;
  private final KeyLanes lanes;
  private final Crew crew;
  private final Next pipeline;
  private final AtomicReference<@Nullable CommsException> first = new AtomicReference<>();

  Replaying(
      Engine engine,
      EventTransport transport,
      Steps.Place place,
      Event<T> event,
      int concurrency,
      Handler.Work<T> handler) {
    this.engine = engine;
    this.transport = transport;
    this.event = event;
    this.lanes = new KeyLanes(concurrency);
    String name = "comms-replay-" + event.name();
    // A handler that outlives its limit keeps its thread while its lane goes on.
    this.crew = new Crew(name, HandlerThreads.of(engine, name), concurrency, concurrency, () -> {});
    Steps steps = new Steps(place, Verb.HANDLE, event);
    this.pipeline = Handling.replayed(engine, steps, crew, event, handler);
  }

  CompletableFuture<Replayed> run(Range range) {
    CompletableFuture<Replayed> under = begun(range);
    CompletableFuture<Replayed> result =
        new CompletableFuture<>() {
          @Override
          public boolean cancel(boolean interrupt) {
            stop("the replay was cancelled");
            under.cancel(interrupt);
            return super.cancel(interrupt);
          }
        };
    under.whenComplete(
        (replayed, failure) ->
            engine.callbacks.execute(
                () -> {
                  crew.interrupt();
                  crew.close(Deadline.after(engine.time, LAST));
                  end(result, replayed, failure);
                }));
    return result;
  }

  private void end(
      CompletableFuture<Replayed> result, Replayed replayed, @Nullable Throwable failure) {
    CommsException stopped = first.get();
    if (stopped != null) {
      result.completeExceptionally(stopped);
    } else if (failure != null) {
      result.completeExceptionally(CommsException.of(event.name(), failure));
    } else {
      result.complete(replayed);
    }
  }

  private CompletableFuture<Replayed> begun(Range range) {
    try {
      return transport.replay(event, range, this::each);
    } catch (CommsException failed) {
      return CompletableFuture.failedFuture(failed);
    }
  }

  private CompletableFuture<Void> each(Envelope message) {
    One one = new One(message);
    lanes.add(one);
    return one.done;
  }

  private CommsException stop(String why) {
    CommsException cancelled =
        new Cancelled(
            Facts.of(event.name()).effect(Effect.POSSIBLE).fault(Fault.CALLER).message(why));
    return stop(cancelled);
  }

  private CommsException stop(CommsException why) {
    CommsException before = first.compareAndExchange(null, why);
    return before == null ? why : before;
  }

  /** One event; it is begun when its key's turn has come. */
  private final class One implements Lanes.Job {
    private final Envelope message;
    private final CompletableFuture<Void> done = new CompletableFuture<>();

    One(Envelope message) {
      this.message = message;
    }

    @Override
    public @Nullable String key() {
      return message.key();
    }

    @Override
    public void begin() {
      CommsException stopped = first.get();
      if (stopped == null && engine.phase() == Engine.Phase.CLOSED) {
        stopped = stop("comms was closed during the replay");
      }
      if (stopped != null) {
        ended(stopped);
        return;
      }
      Exchange exchange =
          Exchange.of(
              Verb.HANDLE,
              event,
              GROUP,
              // What was kept is wanted, also if nobody was to begin with it any more.
              message.expires(null),
              Deadline.never(engine.time),
              1);
      Pipeline.run(pipeline, exchange, reply -> reply)
          .whenComplete((reply, failure) -> ended(failure == null ? null : stop(named(failure))));
    }

    private CommsException named(Throwable failure) {
      CommsException known = CommsException.of(event.name(), failure);
      return known.with(
          known
              .facts()
              .message("the replay stopped at event " + message.id() + ": " + known.reason()));
    }

    private void ended(@Nullable CommsException failure) {
      lanes.end(this);
      if (failure == null) {
        done.complete(null);
      } else {
        done.completeExceptionally(failure);
      }
    }
  }
}
