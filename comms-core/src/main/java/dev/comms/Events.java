package dev.comms;

import dev.comms.contract.CommsException;
import dev.comms.contract.Deadline;
import dev.comms.contract.Event;
import dev.comms.contract.Fault;
import dev.comms.contract.Handler;
import dev.comms.policy.Exchange;
import dev.comms.policy.Exchange.Verb;
import dev.comms.spi.Envelope;
import dev.comms.spi.EventTransport;
import dev.comms.spi.Subscription;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** Events of one broker: published here, handled here, or both. Safe for use by many threads. */
public final class Events {
  private final Engine engine;
  private final EventTransport transport;
  private final Consumers consumers;
  private final Sender sender;

  Events(Engine engine, EventTransport transport, Consumers consumers) {
    this.engine = engine;
    this.transport = transport;
    this.consumers = consumers;
    this.sender =
        new Sender(
            engine,
            Verb.PUBLISH,
            engine.place(transport.system(), transport),
            contract -> exchange -> publish(transport, (Event<?>) contract, exchange));
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
    Deadline deadline = engine.deadline(transport.confirmedWithin(), false);
    String id = Ids.next();
    return sender.await(publishAsync(event, payload, id, deadline), event, id, deadline);
  }

  /** Publishes an event; the future has its id once the broker has it, or a CommsException. */
  public <T> CompletableFuture<String> publishAsync(Event<T> event, T payload) {
    return publishAsync(
        event, payload, Ids.next(), engine.deadline(transport.confirmedWithin(), false));
  }

  private <T> CompletableFuture<String> publishAsync(
      Event<T> event, T payload, String id, Deadline deadline) {
    try {
      Envelope message = sender.message(event, event.codec(), id, payload).key(key(event, payload));
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
   * Handles an event in this service, as a member of this group, from {@code comms.start()} on, in
   * order per key. A handler that throws is called again after the event's backoff, while only its
   * key waits; when its attempts are used up, the event goes to the group's dead letters.
   *
   * @throws CommsException.Misconfigured if this group has a handler for this event already
   */
  public <T> Subscription handle(Event<T> event, Group group, Handler.Work<T> handler) {
    EventReader<T> reader = new EventReader<>(engine, transport, event, group, handler);
    return consumers.add("event " + event.name() + " in group " + group.name(), reader);
  }
}
