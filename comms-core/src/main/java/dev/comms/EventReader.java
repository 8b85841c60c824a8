package dev.comms;

import dev.comms.contract.CommsException;
import dev.comms.contract.Event;
import dev.comms.contract.Handler;
import dev.comms.policy.Exchange.Verb;
import dev.comms.policy.Steps;
import dev.comms.spi.Delivery;
import dev.comms.spi.EventTransport;
import dev.comms.spi.EventTransport.Subscriber;
import dev.comms.spi.Subscription;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ThreadPoolExecutor;
import org.jspecify.annotations.Nullable;

/** Handles the events of one contract in one group: in order per key, retried in place. */
final class EventReader<T> implements Consumers.Consumer {
  /** How many deliveries may wait per key that is handled at a time, so that keys can be many. */
  private static final int SLOTS_PER_LANE = 64;

  private final EventTransport transport;
  private final Event<T> event;
  private final Group group;
  private final ThreadPoolExecutor pool;
  private final Lane.Line line;

  EventReader(
      Engine engine,
      EventTransport transport,
      Event<T> event,
      Group group,
      Handler.Work<T> handler) {
    this.transport = transport;
    this.event = event;
    this.group = group;
    int keys = group.concurrency();
    // A handler that outlives its limit keeps its thread while its lane goes on.
    this.pool = Pool.of("comms-event-" + event.name() + "-" + group.name(), keys, keys);
    Steps steps = new Steps(engine.place(group.name(), transport), Verb.HANDLE, event);
    this.line =
        new Lane.Line(
            engine,
            new KeyLanes(keys),
            new Settling(event, engine.meters),
            Handling.work(engine, steps, pool, event, event.codec(), handler),
            Verb.HANDLE,
            event,
            group.name(),
            event.attempts(),
            event.backoff());
  }

  @Override
  public Subscription start() {
    return transport.subscribe(
        List.of(event),
        new Subscriber(group.name(), group.start()),
        group.concurrency() * SLOTS_PER_LANE,
        delivery -> line.lanes().add(new Attempts(delivery)));
  }

  @Override
  public ThreadPoolExecutor pool() {
    return pool;
  }

  /** One event through all its attempts, in place: its followers wait behind it. */
  private final class Attempts extends Lane {
    private final @Nullable String key;
    // Written by one attempt before the next begins.
    private volatile int attempt = 1;

    Attempts(Delivery delivery) {
      super(line, delivery);
      this.key = delivery.envelope().key();
    }

    @Override
    public @Nullable String key() {
      return key;
    }

    @Override
    int attempt() {
      return attempt;
    }

    @Override
    void retry(Duration pause, CommsException failure) {
      attempt++;
      after(pause, () -> line.lanes().resume(this));
    }
  }
}
