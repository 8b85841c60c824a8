package dev.comms.redis;

import dev.comms.contract.Deadline;
import dev.comms.contract.Time;
import dev.comms.spi.Host;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Sends, and says honestly what became of it. Bounded; never waits. */
final class Publisher {
  private final Session session;
  private final Host host;
  private final int most;
  private final Object lock = new Object();
  private int inFlight; // guarded by lock
  private boolean draining; // guarded by lock
  private final CompletableFuture<Void> drained = new CompletableFuture<>();

  Publisher(Session session, Host host, int most) {
    this.session = session;
    this.host = host;
    this.most = most;
  }

  /**
   * @param write writes one command; what it fails with decides what the sender learns
   */
  CompletableFuture<Void> send(
      String contract, String id, Deadline confirmBy, Supplier<CompletionStage<?>> write) {
    if (confirmBy.expired()) {
      return CompletableFuture.failedFuture(Failures.tooLate(contract));
    }
    if (!session.connected()) {
      return CompletableFuture.failedFuture(
          Failures.notSent(contract, "redis is not connected; nothing was sent"));
    }
    synchronized (lock) {
      if (draining) {
        return CompletableFuture.failedFuture(
            Failures.notSent(contract, "this transport is draining; nothing was sent"));
      }
      if (inFlight >= most) {
        return CompletableFuture.failedFuture(Failures.full(contract, most));
      }
      inFlight++;
    }
    CompletableFuture<Void> result = new CompletableFuture<>();
    Time.Cancellable timer =
        host.time()
            .schedule(
                confirmBy.remaining(), () -> complete(result, Failures.unconfirmed(contract, id)));
    written(write)
        .whenComplete(
            (ok, failure) -> {
              timer.cancel();
              release();
              complete(result, failure == null ? null : Failures.sending(contract, id, failure));
            });
    return result;
  }

  /** Takes nothing new; done when all is confirmed or known to be unknown. */
  CompletableFuture<Void> drain() {
    synchronized (lock) {
      draining = true;
      if (inFlight == 0) {
        drained.complete(null);
      }
    }
    return drained;
  }

  private static CompletionStage<?> written(Supplier<CompletionStage<?>> write) {
    try {
      return write.get();
    } catch (RuntimeException failure) {
      return CompletableFuture.failedFuture(failure);
    }
  }

  private void release() {
    boolean last;
    synchronized (lock) {
      inFlight--;
      last = draining && inFlight == 0;
    }
    if (last) {
      drained.complete(null);
    }
  }

  private void complete(CompletableFuture<Void> result, @Nullable Throwable failure) {
    if (result.isDone()) {
      return;
    }
    host.callbacks()
        .execute(
            () -> {
              if (failure == null) {
                result.complete(null);
              } else {
                result.completeExceptionally(failure);
              }
            });
  }
}
