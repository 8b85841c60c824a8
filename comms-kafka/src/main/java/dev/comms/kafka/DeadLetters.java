package dev.comms.kafka;

import dev.comms.contract.CommsException;
import dev.comms.contract.Time;
import dev.comms.spi.Health;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Brings events to the dead letters of one group. A copy that is not confirmed is made again in
 * place: given back, the event would be handled anew, and those of its key that came after it would
 * overtake it. So it is held, and its key with it, until the copy is confirmed or the partition
 * goes. Thread-safe.
 */
final class DeadLetters {
  private static final Logger LOG = LoggerFactory.getLogger(DeadLetters.class);
  private static final Duration PAUSE = Duration.ofSeconds(1);

  private final String group;
  private final Desk desk;
  private final Time time;
  private final Executor callbacks;
  private final Runnable voided;
  private final Standing standing;

  /** What is held, and why; at most as many as the desk has slots. Guarded by itself. */
  private final Map<Parcel, String> held = new HashMap<>();

  /**
   * Holds nothing yet.
   *
   * @param voided told of each settling that meant nothing
   */
  DeadLetters(String group, Desk desk, Time time, Executor callbacks, Runnable voided) {
    this.group = group;
    this.desk = desk;
    this.time = time;
    this.callbacks = callbacks;
    this.voided = voided;
    this.standing = new Standing(time, Health.State.UP);
  }

  /** Makes the copy of one event; its future says whether the brokers have it. */
  interface Copier extends Supplier<CompletableFuture<Void>> {}

  /**
   * Settles the event when its copy is confirmed.
   *
   * @return done when it is settled, or was taken away meanwhile; fails when it was given back
   *     uncopied, because its partition is about to go or the group ends
   */
  CompletableFuture<Void> settle(Parcel parcel, Copier copier) {
    CompletableFuture<Void> settled = new CompletableFuture<>();
    if (desk.isVoid(parcel)) {
      done(parcel, settled);
    } else {
      copy(parcel, copier, settled);
    }
    return settled;
  }

  /** DOWN while any event is held, with the reason of one of them. */
  Standing.Now now() {
    return standing.now();
  }

  private void copy(Parcel parcel, Copier copier, CompletableFuture<Void> settled) {
    start(copier)
        .whenComplete(
            (confirmed, failure) -> {
              if (failure == null) {
                done(parcel, settled);
              } else if (desk.isLeaving(parcel)) {
                giveBack(parcel, failure, settled);
              } else {
                hold(parcel, failure);
                time.schedule(
                    PAUSE, () -> callbacks.execute(() -> again(parcel, copier, failure, settled)));
              }
            });
  }

  private static CompletableFuture<Void> start(Copier copier) {
    try {
      return copier.get();
    } catch (RuntimeException broken) {
      // Uncaught, it would leave the event unsettled for ever.
      return CompletableFuture.failedFuture(broken);
    }
  }

  private void again(
      Parcel parcel, Copier copier, Throwable last, CompletableFuture<Void> settled) {
    if (desk.isLeaving(parcel)) {
      giveBack(parcel, last, settled);
    } else {
      copy(parcel, copier, settled);
    }
  }

  private void done(Parcel parcel, CompletableFuture<Void> settled) {
    release(parcel);
    if (!desk.done(parcel)) {
      voided.run();
    }
    settled.complete(null);
  }

  private void giveBack(Parcel parcel, Throwable last, CompletableFuture<Void> settled) {
    release(parcel);
    if (desk.takeBack(parcel)) {
      settled.completeExceptionally(last);
    } else {
      voided.run();
      settled.complete(null);
    }
  }

  private void hold(Parcel parcel, Throwable failure) {
    String why =
        "event "
            + parcel.place()
            + " is held, and its key with it, since its dead letter is not confirmed: "
            + CommsException.of("kafka", failure).reason();
    boolean first;
    synchronized (held) {
      first = held.put(parcel, why) == null;
      standing.set(Health.State.DOWN, why);
    }
    if (first) {
      LOG.warn("group {}: {}; the copy is made again every {}", group, why, PAUSE);
    }
  }

  private void release(Parcel parcel) {
    synchronized (held) {
      if (held.remove(parcel) == null) {
        return;
      }
      @Nullable String other = held.values().stream().findFirst().orElse(null);
      standing.set(other == null ? Health.State.UP : Health.State.DOWN, other == null ? "" : other);
    }
    LOG.info("group {}: event {} is held no longer", group, parcel.place());
  }
}
