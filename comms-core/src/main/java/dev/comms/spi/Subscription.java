package dev.comms.spi;

import dev.comms.contract.Deadline;
import java.util.concurrent.CompletableFuture;

/** A consumer at work. */
public interface Subscription extends AutoCloseable {

  /** Delivers nothing new until resumed; the place in the group is kept. */
  void pause();

  void resume();

  Health health();

  /**
   * Delivers nothing new, and is done when all that was delivered is settled, or at the deadline.
   */
  CompletableFuture<Void> drain(Deadline deadline);

  /**
   * Ends at once; what is unsettled is delivered again, to somebody. A second call does nothing.
   */
  @Override
  void close();
}
