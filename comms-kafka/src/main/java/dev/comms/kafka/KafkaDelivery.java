package dev.comms.kafka;

import dev.comms.contract.CommsException;
import dev.comms.contract.CommsException.Facts;
import dev.comms.contract.CommsException.Failed;
import dev.comms.contract.Effect;
import dev.comms.contract.Fault;
import dev.comms.spi.Delivery;
import dev.comms.spi.Envelope;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * One event, delivered. Settling is noted at once and committed within half a second; what was
 * noted and not committed is delivered again after a crash.
 */
final class KafkaDelivery implements Delivery {
  private final Parcel parcel;
  private final Envelope envelope;
  private final Settling settling;
  private final AtomicBoolean settled = new AtomicBoolean();

  /** Where a delivery is settled. */
  interface Settling {

    void done(Parcel parcel);

    void giveBack(Parcel parcel);

    boolean isRevoked(Parcel parcel);

    /** As {@link DeadLetters#settle}. */
    CompletableFuture<Void> deadLetter(
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
  public boolean revoked() {
    return settling.isRevoked(parcel);
  }

  @Override
  public CompletableFuture<Void> done() {
    if (!settled.compareAndSet(false, true)) {
      return twice();
    }
    settling.done(parcel);
    return CompletableFuture.completedFuture(null);
  }

  /** The future is done only when the copy is confirmed: until then the key waits. */
  @Override
  public CompletableFuture<Void> deadLetter(String reason, CommsException why) {
    if (!settled.compareAndSet(false, true)) {
      return twice();
    }
    return settling.deadLetter(parcel, envelope, reason, why);
  }

  @Override
  public CompletableFuture<Void> giveBack() {
    if (!settled.compareAndSet(false, true)) {
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
