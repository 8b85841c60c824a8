package dev.comms;

import dev.comms.contract.CommsException;
import dev.comms.contract.Deadline;
import dev.comms.contract.Event;
import dev.comms.contract.Fault;
import dev.comms.contract.Handler;
import dev.comms.policy.Exchange;
import dev.comms.policy.Exchange.Verb;
import dev.comms.policy.Steps;
import dev.comms.spi.Ability;
import dev.comms.spi.DeadLetters;
import dev.comms.spi.Envelope;
import dev.comms.spi.EventTransport;
import dev.comms.spi.Subscription;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * Events of one broker: published here, handled here, or both. Safe for use by many threads.
 * Continuations of its futures run on threads of comms; a blocking verb there is refused with
 * {@code Misconfigured}, since a few of them would hold up all others.
 */
public final class Events {
  private final Engine engine;
  private final EventTransport transport;
  private final Consumers consumers;
  private final Sender sender;
  private final boolean detached;
  // One for all replays: each would be remembered for ever.
  private final Steps.Place replays;

  Events(Engine engine, EventTransport transport, Consumers consumers) {
    this.engine = engine;
    this.transport = transport;
    this.consumers = consumers;
    this.detached = false;
    this.replays = engine.place(Replaying.GROUP, transport);
    this.sender =
        new Sender(
            engine,
            Verb.PUBLISH,
            engine.place(transport.system(), transport),
            contract -> exchange -> publish(transport, (Event<?>) contract, exchange));
  }

  private Events(Events other, boolean detached) {
    this.engine = other.engine;
    this.transport = other.transport;
    this.consumers = other.consumers;
    this.sender = other.sender;
    this.detached = detached;
    this.replays = other.replays;
  }

  /**
   * A view that, when it sends, waits for confirms as long as the transport may take, and not only
   * for as long as the handler on whose thread it is used has left.
   */
  public Events detached() {
    return new Events(this, true);
  }

  private static CompletableFuture<Envelope> publish(
      EventTransport transport, Event<?> event, Exchange exchange) {
    return Sender.reply(transport.publish(event, exchange.message(), exchange.deadline()));
  }

  /**
   * Publishes an event and waits until the broker has it.
   *
   * @return the event's id
   * @throws CommsException if it certainly was not stored (effect NONE), or {@code UnknownOutcome}
   *     with the id if no confirm came
   */
  public <T> String publish(Event<T> event, T payload) {
    engine.mayWait(event);
    Deadline deadline = engine.deadline(transport.confirmedWithin(), detached);
    String id = Ids.next();
    return sender.await(() -> publishAsync(event, payload, id, deadline), event, id, deadline);
  }

  /** Publishes an event; the future has its id once the broker has it, or a CommsException. */
  public <T> CompletableFuture<String> publishAsync(Event<T> event, T payload) {
    return publishAsync(
        event, payload, Ids.next(), engine.deadline(transport.confirmedWithin(), detached));
  }

  private <T> CompletableFuture<String> publishAsync(
      Event<T> event, T payload, String id, Deadline deadline) {
    try {
      Envelope message = sender.message(event, event.codec(), id, payload).key(key(event, payload));
      Duration life = event.life();
      message = life == null ? message : message.expires(message.time().plus(life));
      return sender.send(event, message, deadline, reply -> id);
    } catch (CommsException failed) {
      return CompletableFuture.failedFuture(failed);
    }
  }

  private static <T> @Nullable String key(Event<T> event, T payload) {
    try {
      return event.keyOf(payload);
    } catch (RuntimeException failed) {
      throw Sender.malformed(event, Fault.CALLER, "the payload has no key", failed);
    }
  }

  /**
   * Publishes many events in this order, up to 256 unconfirmed at a time, and waits for all; see
   * {@link #publishAllAsync}.
   *
   * @return their ids, in order
   * @throws CommsException the first failure; {@link NotAll#confirmed} says which were confirmed
   */
  public <T> List<String> publishAll(Event<T> event, List<? extends T> payloads) {
    engine.mayWait(event);
    return all(event, payloads).await(engine, engine.noLimit(detached));
  }

  /**
   * Publishes many events in this order. After a failure nothing more is published, and the future
   * fails with it when what was under way has ended; each confirm has its own limit.
   */
  public <T> CompletableFuture<List<String>> publishAllAsync(
      Event<T> event, List<? extends T> payloads) {
    return all(event, payloads);
  }

  private <T> Many<?> all(Event<T> event, List<? extends T> payloads) {
    return Many.<T>send(event, payloads, engine.here(payload -> publishAsync(event, payload)));
  }

  /**
   * Kept events, to be read again outside of every group: {@code events.replay(E).since(ofHours(1))
   * .each(handler)}. Only with {@link Ability#REPLAY}.
   */
  public <T> Replay.Begin<T> replay(Event<T> event) {
    return new Replay.Begin<>(engine, transport, replays, event);
  }

  /**
   * What failed for good in a group.
   *
   * @throws CommsException.Misconfigured if the transport lacks {@link Ability#DEAD_EVENTS}
   */
  public DeadLetters deadLetters(Event<?> event, String group) {
    if (!transport.abilities().contains(Ability.DEAD_EVENTS)) {
      throw Ability.DEAD_EVENTS.refused(event.name(), transport.system());
    }
    return transport.deadEvents(event, group);
  }

  /** Puts dead letters of a group back to it with care; nothing happens before its {@code run}. */
  public Redrive redrive(Event<?> event, String group) {
    return new Redrive(engine, event.name(), deadLetters(event, group));
  }

  /**
   * Handles an event in this service, as a member of this group, from {@code comms.start()} on, in
   * order per key. A handler that throws is called again after the event's backoff, while only its
   * key waits; when its attempts are used up, the event goes to the group's dead letters.
   *
   * @throws CommsException.Misconfigured if this group has a handler for this event already
   */
  public <T> Subscription handle(Event<T> event, Group group, Handler.Work<T> handler) {
    return handle(group, On.of(event, handler));
  }

  /**
   * Handles several events in this service as one member of a group: they share its concurrency,
   * and what has the same key is handled one after the other. Between different events the order of
   * a key is only that in which they were delivered; each event by itself keeps its order.
   *
   * @throws CommsException.Misconfigured if none is named, or this group has a handler for one of
   *     them already
   */
  public Subscription handle(Group group, On<?>... events) {
    if (events.length == 0) {
      throw new CommsException.Misconfigured(
          "group " + group.name(), "handles no event; name at least one with On.of");
    }
    List<On<?>> all = List.of(events);
    return consumers.add(
        name(all.get(0).event(), group), new EventReader(engine, transport, group, all));
  }

  /**
   * Handles an event in batches; the group's concurrency counts batches, and the event's limit
   * covers one handling of a batch. Events of one key may share a batch, in order. What cannot be
   * decoded or has expired is settled by itself and is in no batch. A handler that returns has done
   * all of it; when one throws, each event is tried again in place, alone, while its key waits.
   * Nested verbs inherit the deadline of the batch and the trace of its first event.
   *
   * @throws CommsException.Misconfigured if this group has a handler for this event already
   */
  public <T> Subscription handleBatch(
      Event<T> event, Batch batch, Group group, Batch.Work<T> handler) {
    return consumers.add(
        name(event, group), new EventReader(engine, transport, group, event, batch, handler));
  }

  static String name(Event<?> event, Group group) {
    return "event " + event.name() + " in group " + group.name();
  }
}
