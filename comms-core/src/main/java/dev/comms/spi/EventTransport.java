package dev.comms.spi;

import dev.comms.contract.Deadline;
import dev.comms.contract.Event;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;

/** Carries events: kept, in order per key, delivered at least once to every group. */
public interface EventTransport extends Transport {

  /** How long a confirm may take; what the caller has left may be less. */
  Duration confirmedWithin();

  /** Done when the broker has it; fails as {@link TaskTransport#submit} does. */
  CompletableFuture<Void> publish(Event<?> event, Envelope message, Deadline confirmBy);

  /**
   * Begins to deliver to a group, in order per key, at most {@code slots} unsettled at a time; the
   * consumer never blocks. Settling may happen in any order.
   */
  Subscription subscribe(
      List<Event<?>> events, Subscriber subscriber, int slots, Consumer<Delivery> consumer);

  /**
   * Who reads.
   *
   * @param group the group's name; its members share the events
   * @param start where a group that is new begins
   */
  record Subscriber(String group, Start start) {}

  /** Where a group that is new begins; one that exists goes on where it was. */
  enum Start {
    EARLIEST,
    LATEST
  }
}
