package dev.comms.rabbit;

import dev.comms.contract.Deadline;
import dev.comms.contract.Time;
import dev.comms.spi.Host;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;

/** Waiting that ends. */
final class Timeouts {
  private Timeouts() {}

  /** Completes what has not ended at the deadline, as if it had. */
  static CompletableFuture<Void> orAt(
      Deadline deadline, CompletableFuture<Void> result, Host host) {
    Duration left = deadline.remaining();
    Time.Cancellable timer =
        host.time()
            .schedule(
                left.isNegative() ? Duration.ZERO : left,
                () -> host.callbacks().execute(() -> result.complete(null)));
    result.whenComplete((done, failure) -> timer.cancel());
    return result;
  }
}
