package dev.comms;

import dev.comms.contract.Event;
import dev.comms.contract.Handler;
import java.util.Objects;

/**
 * One of several events that a group handles together.
 *
 * @param <T> the event's payload
 * @param event which event
 * @param handler what is done with it
 */
public record On<T>(Event<T> event, Handler.Work<T> handler) {
  public On {
    Objects.requireNonNull(event, "on: event is null; name the event");
    Objects.requireNonNull(handler, () -> "on " + event + ": handler is null; name its handler");
  }

  public static <T> On<T> of(Event<T> event, Handler.Work<T> handler) {
    return new On<>(event, handler);
  }
}
