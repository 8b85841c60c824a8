package dev.comms.spi;

import dev.comms.contract.Deadline;
import dev.comms.contract.Event;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

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

  /** What failed for good in a group. Only with {@link Ability#DEAD_EVENTS}. */
  default DeadLetters deadEvents(Event<?> event, String group) {
    throw Ability.DEAD_EVENTS.refused(event.name(), system());
  }

  /**
   * Reads kept events again, in order per key, without a group and without settling; ends at the
   * end of the range as it was when the replay began. Only with {@link Ability#REPLAY}.
   *
   * @param each gets one event; the next of its key waits until it is done
   */
  default CompletableFuture<Replayed> replay(
      Event<?> event, Range range, Function<Envelope, CompletableFuture<Void>> each) {
    throw Ability.REPLAY.refused(event.name(), system());
  }

  /**
   * A part of what is kept.
   *
   * @param from the earliest time of an event, inclusive
   * @param to the latest, exclusive; null for the end as it is now
   */
  record Range(Instant from, @Nullable Instant to) {}

  /**
   * What a replay did.
   *
   * @param events how many were read
   * @param gaps how many were no longer kept though the range wanted them, as far as known
   */
  record Replayed(long events, long gaps) {}

  /**
   * Where a group that is new begins; one that exists goes on where it was. Others than the two
   * constants only with {@link Ability#START_AT}.
   *
   * @param at the earliest time of an event, or null
   * @param ago how long before the subscription that time is, or null
   */
  record Start(@Nullable Instant at, @Nullable Duration ago) {
    /** With the oldest event that is kept. */
    public static final Start EARLIEST = new Start(Instant.MIN, null);

    /** With what comes from now on. */
    public static final Start LATEST = new Start(null, null);

    /** With what happened so long ago. */
    public static Start since(Duration ago) {
      if (ago.isNegative()) {
        throw new IllegalArgumentException("start: since is " + ago + " but must not be negative");
      }
      return new Start(null, ago);
    }

    /** With what happened at this moment or later. */
    public static Start at(Instant moment) {
      return new Start(Objects.requireNonNull(moment, "moment"), null);
    }

    /** Whether it is neither of the two constants, so that it needs {@link Ability#START_AT}. */
    public boolean isMoment() {
      return !equals(EARLIEST) && !equals(LATEST);
    }

    /** The same start as a moment; the two constants stay what they are. */
    public Start resolved(Instant now) {
      return ago == null ? this : at(now.minus(ago));
    }
  }
}
