package dev.comms.testkit.history;

import dev.comms.spi.Reply;
import java.util.concurrent.CompletableFuture;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * Another future whose end is written down before those who wait for it are told: stages beside the
 * first one would run in no certain order. Cancelling it reaches what is under way.
 */
final class Seen extends CompletableFuture<Reply> {
  private final CompletableFuture<? extends Reply> under;

  Seen(
      CompletableFuture<? extends Reply> under,
      BiConsumer<? super @Nullable Reply, ? super @Nullable Throwable> end) {
    this.under = under;
    under.whenComplete(
        (reply, failure) -> {
          try {
            end.accept(reply, failure);
          } finally {
            if (failure == null) {
              complete(reply);
            } else {
              completeExceptionally(failure);
            }
          }
        });
  }

  @Override
  public boolean cancel(boolean interrupt) {
    under.cancel(interrupt);
    return super.cancel(interrupt);
  }
}
