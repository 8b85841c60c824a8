package dev.comms.spi;

import dev.comms.contract.CommsException;
import java.util.concurrent.CompletableFuture;

/**
 * One message, delivered; it must be settled exactly once. When the broker took it back (session,
 * lease or assignment lost), settling is a counted no-op that succeeds. A second settling is a bug
 * and fails.
 */
public interface Delivery {

  Envelope envelope();

  /** Which attempt this is, from 1. */
  int attempt();

  /** How often it was put back from the dead letters. */
  int redrive();

  /** How often a consumer ended before it settled this, as far as the broker tells. */
  int crashes();

  /**
   * Whether the broker took it back, or is taking it back: a handler that has not begun need not,
   * and {@link #giveBack} is then the right settlement.
   */
  default boolean revoked() {
    return false;
  }

  CompletableFuture<Void> done();

  /**
   * Copies to the dead letters, with why, and only then settles. While the copy is not confirmed
   * the transport holds the delivery and tries again, or gives it back so that it comes again; only
   * in the latter case does the future fail.
   */
  CompletableFuture<Void> deadLetter(String reason, CommsException why);

  /** Gives it back untouched, without using an attempt. */
  CompletableFuture<Void> giveBack();
}
