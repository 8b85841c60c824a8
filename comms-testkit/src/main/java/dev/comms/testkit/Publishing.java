package dev.comms.testkit;

import dev.comms.contract.CommsException;
import dev.comms.contract.CommsException.Facts;
import dev.comms.contract.Deadline;
import dev.comms.contract.Effect;
import dev.comms.contract.Fault;
import dev.comms.contract.Time;
import dev.comms.spi.Envelope;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** One message on its way to the broker and its confirm on the way back. */
final class Publishing {
  private final Faults faults;
  private final Time time;
  private final Envelope message;
  private final Runnable arrived;
  private final Supplier<@Nullable CommsException> store;
  private final CompletableFuture<Void> confirmed = new CompletableFuture<>();
  private final Runnable again = this::send;
  // Why the broker did not take it when it was last asked.
  private volatile @Nullable CommsException closed;
  // Once true, it may be stored.
  private volatile boolean sent;

  private Publishing(
      Faults faults,
      Time time,
      Envelope message,
      Runnable arrived,
      Supplier<@Nullable CommsException> store) {
    this.faults = faults;
    this.time = time;
    this.message = message;
    this.arrived = arrived;
    this.store = store;
  }

  /**
   * Sends.
   *
   * @param arrived notes that the broker got it
   * @param store puts it where it belongs, or says why not
   */
  static CompletableFuture<Void> send(
      Faults faults,
      Time time,
      Envelope message,
      Deadline confirmBy,
      Runnable arrived,
      Supplier<@Nullable CommsException> store) {
    Publishing one = new Publishing(faults, time, message, arrived, store);
    one.send();
    if (!one.confirmed.isDone()) {
      Time.Cancellable timer = time.schedule(confirmBy.remaining(), one::atDeadline);
      one.confirmed.whenComplete(
          (done, failure) -> {
            timer.cancel();
            faults.forget(one.again);
          });
    }
    return one.confirmed;
  }

  private void send() {
    // Registered before it asks: the broker may come back between the two, and nobody would tell.
    faults.whenChanged(again);
    closed = faults.closed(message.contract());
    if (closed != null && !confirmed.isDone()) {
      return;
    }
    // What has been told meanwhile sends by itself, once.
    if (!faults.forget(again) || confirmed.isDone()) {
      return;
    }
    sent = true;
    Duration latency = faults.latency(message.contract());
    if (latency.isZero()) {
      arrive(latency);
    } else {
      time.schedule(latency, () -> arrive(latency));
    }
  }

  private void arrive(Duration latency) {
    arrived.run();
    CommsException refusal = store.get();
    if (refusal == null
        && faults.strikes(dev.comms.testkit.Fault.Kind.DUPLICATE, message.contract())) {
      refusal = store.get();
    }
    if (refusal != null) {
      confirmed.completeExceptionally(refusal);
      return;
    }
    if (faults.strikes(dev.comms.testkit.Fault.Kind.LOST_CONFIRM, message.contract())) {
      return;
    }
    if (latency.isZero()) {
      confirmed.complete(null);
    } else {
      time.schedule(latency, () -> confirmed.complete(null));
    }
  }

  private void atDeadline() {
    CommsException why = closed;
    confirmed.completeExceptionally(sent || why == null ? unknown() : why);
  }

  private CommsException unknown() {
    return new CommsException.UnknownOutcome(
        message.id(),
        Facts.of(message.contract())
            .effect(Effect.POSSIBLE)
            .fault(Fault.NETWORK)
            .message(
                "no confirm of "
                    + message.id()
                    + " came; it may be stored: send it again under its id, or ask the other side"));
  }
}
