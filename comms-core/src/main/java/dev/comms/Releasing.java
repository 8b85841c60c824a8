package dev.comms;

import dev.comms.contract.CommsException;
import dev.comms.spi.Envelope;
import dev.comms.spi.TaskDelivery;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;

/**
 * A delivery of a unique task: its key is released when it has been settled as done or dead, and
 * kept by a retry, a checkpoint and a give-back.
 */
record Releasing(Uniques uniques, TaskDelivery delivery) implements TaskDelivery {

  @Override
  public Envelope envelope() {
    return delivery.envelope();
  }

  @Override
  public int attempt() {
    return delivery.attempt();
  }

  @Override
  public int redrive() {
    return delivery.redrive();
  }

  @Override
  public int crashes() {
    return delivery.crashes();
  }

  @Override
  public boolean revoked() {
    return delivery.revoked();
  }

  @Override
  public CompletableFuture<Void> done() {
    return released(delivery.done());
  }

  @Override
  public CompletableFuture<Void> deadLetter(String reason, CommsException why) {
    return released(delivery.deadLetter(reason, why));
  }

  @Override
  public CompletableFuture<Void> giveBack() {
    return delivery.giveBack();
  }

  @Override
  public CompletableFuture<Void> retry(Duration after, CommsException why) {
    return delivery.retry(after, why);
  }

  @Override
  public CompletableFuture<Void> continueLater(byte[] state, Duration after) {
    return delivery.continueLater(state, after);
  }

  /** Whoever waits for the settling does not wait for the release as well. */
  private CompletableFuture<Void> released(CompletableFuture<Void> settled) {
    return settled.whenComplete(
        (done, failure) -> {
          if (failure == null) {
            uniques.ended(delivery);
          }
        });
  }
}
