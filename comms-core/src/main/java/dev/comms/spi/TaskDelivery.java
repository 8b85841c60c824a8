package dev.comms.spi;

import dev.comms.contract.CommsException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;

/** A task, delivered. */
public interface TaskDelivery extends Delivery {

  /**
   * Queues the next attempt after this wait, confirmed, and only then settles this one. While the
   * copy is not confirmed, as {@link #deadLetter}.
   */
  CompletableFuture<Void> retry(Duration after, CommsException why);
}
