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

  /**
   * Queues the same task with this checkpoint in its {@code comms-state} header, as attempt 1, and
   * only then settles this one. Only with {@link Ability#CONTINUE_LATER}.
   *
   * @param state what the handler wants to know when it goes on
   */
  default CompletableFuture<Void> continueLater(byte[] state, Duration after) {
    throw new UnsupportedOperationException("continueLater without its ability");
  }
}
