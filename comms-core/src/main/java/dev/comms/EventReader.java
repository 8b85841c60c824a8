package dev.comms;

import dev.comms.contract.CommsException;
import dev.comms.contract.Deadline;
import dev.comms.contract.Event;
import dev.comms.contract.Handler;
import dev.comms.policy.Exchange;
import dev.comms.policy.Exchange.Verb;
import dev.comms.policy.Policy.Next;
import dev.comms.policy.Steps;
import dev.comms.spi.Delivery;
import dev.comms.spi.Envelope;
import dev.comms.spi.EventTransport;
import dev.comms.spi.EventTransport.Subscriber;
import dev.comms.spi.Subscription;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ThreadPoolExecutor;
import org.jspecify.annotations.Nullable;

/** Handles the events of one contract in one group: in order per key, retried in place. */
final class EventReader<T> implements Consumers.Consumer {
  /** How many deliveries may wait per key that is handled at a time, so that keys can be many. */
  private static final int SLOTS_PER_LANE = 64;

  private final Engine engine;
  private final EventTransport transport;
  private final Event<T> event;
  private final Group group;
  private final ThreadPoolExecutor pool;
  private final KeyLanes lanes;
  private final Next pipeline;
  private final Settling settling;

  EventReader(
      Engine engine,
      EventTransport transport,
      Event<T> event,
      Group group,
      Handler.Work<T> handler) {
    this.engine = engine;
    this.transport = transport;
    this.event = event;
    this.group = group;
    int keys = group.concurrency();
    // A handler that outlives its limit keeps its thread while its lane goes on.
    this.pool = Pool.of("comms-event-" + event.name() + "-" + group.name(), keys, keys);
    this.lanes = new KeyLanes(keys);
    this.settling = new Settling(event, engine.meters);
    Steps steps = new Steps(engine.place(group.name(), transport), Verb.HANDLE, event);
    this.pipeline =
        Pipeline.chain(
            Pipeline.receiving(
                steps, engine.policies, Optional.empty(), new Threads(pool, engine.time)),
            Handling.of(
                (exchange, context) -> {
                  byte[] body = exchange.message().body();
                  handler.handle(Sender.decode(event, event.codec(), body), context);
                  return Envelope.EMPTY;
                }));
  }

  @Override
  public Subscription start() {
    return transport.subscribe(
        List.of(event),
        new Subscriber(group.name(), group.start()),
        group.concurrency() * SLOTS_PER_LANE,
        delivery -> lanes.add(new Lane(delivery)));
  }

  @Override
  public ThreadPoolExecutor pool() {
    return pool;
  }

  /** One delivery in the lane of its key, through all its attempts. */
  private final class Lane implements KeyLanes.Job {
    private final Delivery delivery;
    // Written by one attempt before the next begins.
    private volatile int attempt = 1;

    Lane(Delivery delivery) {
      this.delivery = delivery;
    }

    @Override
    public @Nullable String key() {
      return delivery.envelope().key();
    }

    @Override
    public void begin() {
      // With its own service going down, a thread is no longer to be had.
      if (delivery.revoked() || engine.phase() == Engine.Phase.CLOSED) {
        settling.giveBack(delivery);
        lanes.end(this);
        return;
      }
      if (settling.deadOnArrival(delivery)) {
        lanes.end(this);
        return;
      }
      Deadline never = Deadline.never(engine.time);
      Exchange exchange =
          Exchange.of(Verb.HANDLE, event, group.name(), delivery.envelope(), never, attempt);
      Pipeline.run(pipeline, exchange, reply -> reply)
          .whenComplete((reply, failure) -> settle(failure));
    }

    private void settle(@Nullable Throwable thrown) {
      if (thrown == null) {
        settling.done(delivery);
        lanes.end(this);
        return;
      }
      CommsException failure = CommsException.of(event.name(), thrown);
      Failing what =
          Failing.of(delivery, attempt, event.attempts(), event.backoff(), failure, engine);
      switch (what.step()) {
        case RETRY -> retry(what);
        case DEAD -> {
          settling.dead(delivery, what.reason(), failure);
          lanes.end(this);
        }
        case GIVE_BACK -> {
          settling.giveBack(delivery);
          lanes.end(this);
        }
      }
    }

    private void retry(Failing what) {
      attempt++;
      lanes.park(this);
      engine.time.schedule(what.pause(), () -> engine.callbacks.execute(() -> lanes.resume(this)));
    }
  }
}
