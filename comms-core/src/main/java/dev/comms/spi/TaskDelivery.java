package dev.comms.spi;

import dev.comms.contract.CommsException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;

/** A task, delivered. */
public interface TaskDelivery extends Delivery {

  /**
   * Queues the next attempt after this wait, confirmed, and only then settles this one. If the copy
   * is not confirmed, the transport gives this one back, so that it comes again, and the future
   * fails.
   */
  CompletableFuture<Void> retry(Duration after, CommsException why);
}
