package dev.comms.redis;

import dev.comms.contract.CommsException.Facts;
import dev.comms.contract.CommsException.Misconfigured;
import dev.comms.contract.Effect;
import dev.comms.contract.Fault;
import dev.comms.spi.Delivery;
import dev.comms.spi.Envelope;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;

/** What a delivery of a task and one of an event have in common: it is settled once. */
abstract class RedisDelivery implements Delivery {
  final Entry entry;
  private final Envelope envelope;
  private final AtomicBoolean settled = new AtomicBoolean();

  RedisDelivery(String contract, Entry entry) {
    this.entry = entry;
    this.envelope = EnvelopeMapper.envelope(contract, entry);
  }

  @Override
  public Envelope envelope() {
    return envelope;
  }

  @Override
  public int redrive() {
    return EnvelopeMapper.redrive(entry);
  }

  @Override
  public int crashes() {
    return EnvelopeMapper.crashes(entry);
  }

  CompletableFuture<Void> once(Supplier<CompletableFuture<Void>> settlement) {
    if (settled.compareAndSet(false, true)) {
      return settlement.get();
    }
    return CompletableFuture.failedFuture(
        new Misconfigured(
            Facts.of(envelope.contract())
                .effect(Effect.NONE)
                .fault(Fault.LOCAL)
                .message(
                    "the delivery of "
                        + envelope.id()
                        + " was settled twice; settle each delivery exactly once")));
  }

  @Override
  public String toString() {
    return envelope + " at " + entry.place();
  }
}
