package dev.comms.policy;

import dev.comms.spi.Reply;
import java.util.concurrent.CompletableFuture;

/**
 * Something that happens around a message or around an attempt. Ours and the users' are of this one
 * type. A policy does not block; it is shared by all operations of its place, so it is safe for use
 * by many threads.
 */
@FunctionalInterface
public interface Policy {

  /**
   * Proceeds, or does not. To observe the end it registers with {@link Exchange#onEnd} instead of
   * chaining a stage; if it does return another future, cancelling that one must reach the one it
   * got from {@code next}.
   */
  CompletableFuture<? extends Reply> apply(Exchange exchange, Next next);

  /** The steps that follow, the transport or the handler being the last. */
  @FunctionalInterface
  interface Next {
    CompletableFuture<? extends Reply> proceed(Exchange exchange);
  }
}
