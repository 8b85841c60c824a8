package dev.comms.kafka;

import dev.comms.contract.CommsException;
import dev.comms.contract.CommsException.Facts;
import dev.comms.contract.CommsException.Failed;
import dev.comms.contract.Effect;
import dev.comms.contract.Fault;
import dev.comms.spi.Delivery;
import dev.comms.spi.Envelope;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicReference;

/**
 * One event, delivered. Settling is noted at once and committed within half a second; what was
 * noted and not committed is delivered again after a crash.
 */
final class KafkaDelivery implements Delivery {
  private final Parcel parcel;
  private final Envelope envelope;
  private final Settling settling;
  private final AtomicReference<Stage> stage = new AtomicReference<>(Stage.OPEN);

  private enum Stage {
    OPEN,
    /** Its copy in the dead letters waits for the confirm. */
    DYING,
    SETTLED
  }

  /** Where a delivery is settled. */
  interface Settling {

    void done(Parcel parcel);

    void giveBack(Parcel parcel);

    boolean isVoid(Parcel parcel);

    /** Done when the copy in the dead letters is confirmed. */
    CompletableFuture<Void> copy(
        Parcel parcel, Envelope envelope, String reason, CommsException why);
  }

  KafkaDelivery(Parcel parcel, Envelope envelope, Settling settling) {
    this.parcel = parcel;
    this.envelope = envelope;
    this.settling = settling;
  }

  @Override
  public Envelope envelope() {
    return envelope;
  }

  /** Always 1: events are tried again in place, above this. */
  @Override
  public int attempt() {
    return 1;
  }

  @Override
  public int redrive() {
    return EnvelopeMapper.redrive(parcel.event());
  }

  /** Always 0: Kafka counts no crashes. */
  @Override
  public int crashes() {
    return 0;
  }

  @Override
  public CompletableFuture<Void> done() {
    if (!stage.compareAndSet(Stage.OPEN, Stage.SETTLED)) {
      return twice();
    }
    settling.done(parcel);
    return CompletableFuture.completedFuture(null);
  }

  /** If the copy fails, this is unsettled again, so that it can be settled anew: never dropped. */
  @Override
  public CompletableFuture<Void> deadLetter(String reason, CommsException why) {
    if (!stage.compareAndSet(Stage.OPEN, Stage.DYING)) {
      return twice();
    }
    if (settling.isVoid(parcel)) {
      stage.set(Stage.SETTLED);
      settling.done(parcel);
      return CompletableFuture.completedFuture(null);
    }
    return settling
        .copy(parcel, envelope, reason, why)
        .whenComplete(
            (confirmed, failure) -> {
              stage.set(failure == null ? Stage.SETTLED : Stage.OPEN);
              if (failure == null) {
                settling.done(parcel);
              }
            });
  }

  @Override
  public CompletableFuture<Void> giveBack() {
    if (!stage.compareAndSet(Stage.OPEN, Stage.SETTLED)) {
      return twice();
    }
    settling.giveBack(parcel);
    return CompletableFuture.completedFuture(null);
  }

  private CompletableFuture<Void> twice() {
    return CompletableFuture.failedFuture(
        new Failed(
            Facts.of(envelope.contract())
                .effect(Effect.NONE)
                .fault(Fault.LOCAL)
                .message(
                    "event " + envelope.id() + " was settled twice; settle every delivery once")));
  }

  @Override
  public String toString() {
    return envelope.toString();
  }
}
