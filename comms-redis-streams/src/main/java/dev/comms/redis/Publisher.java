package dev.comms.redis;

import dev.comms.contract.Deadline;
import dev.comms.contract.Time;
import dev.comms.spi.Host;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Sends, and says honestly what became of it. Bounded; never waits. */
final class Publisher {
  private final Session session;
  private final Host host;
  private final int most;
  private final Object lock = new Object();
  private final Set<Sending> inFlight = new HashSet<>(); // guarded by lock
  private boolean closed; // guarded by lock
  private boolean draining; // guarded by lock
  private final CompletableFuture<Void> drained = new CompletableFuture<>();

  Publisher(Session session, Host host, int most) {
    this.session = session;
    this.host = host;
    this.most = most;
  }

  /** One message between its command and the answer to it. Identity counts. */
  private static final class Sending {
    final String contract;
    final String id;
    final Executor callbacks;
    final CompletableFuture<Void> result = new CompletableFuture<>();

    Sending(String contract, String id, Executor callbacks) {
      this.contract = contract;
      this.id = id;
      this.callbacks = callbacks;
    }
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
    Sending sending = new Sending(contract, id, host.callbacksHere());
    synchronized (lock) {
      if (draining) {
        String why = closed ? "closed" : "draining";
        return CompletableFuture.failedFuture(
            Failures.notSent(contract, "this transport is " + why + "; nothing was sent"));
      }
      if (inFlight.size() >= most) {
        return CompletableFuture.failedFuture(Failures.full(contract, most));
      }
      inFlight.add(sending);
    }
    Time.Cancellable timer =
        host.time()
            .schedule(
                confirmBy.remaining(), () -> complete(sending, Failures.unconfirmed(contract, id)));
    written(write)
        .whenComplete(
            (ok, failure) -> {
              timer.cancel();
              if (release(sending)) {
                complete(sending, failure == null ? null : Failures.sending(contract, id, failure));
              }
            });
    return sending.result;
  }

  /** Takes nothing new; done when all is confirmed or known to be unknown. */
  CompletableFuture<Void> drain() {
    synchronized (lock) {
      draining = true;
      if (inFlight.isEmpty()) {
        drained.complete(null);
      }
    }
    return drained;
  }

  /**
   * Takes nothing new; what has no answer by now ends as unknown, for nobody hears one any more.
   */
  void close() {
    List<Sending> unanswered;
    synchronized (lock) {
      closed = true;
      draining = true;
      unanswered = List.copyOf(inFlight);
      inFlight.clear();
    }
    unanswered.forEach(one -> complete(one, Failures.closed(one.contract, one.id)));
    drained.complete(null);
  }

  private static CompletionStage<?> written(Supplier<CompletionStage<?>> write) {
    try {
      return write.get();
    } catch (RuntimeException failure) {
      return CompletableFuture.failedFuture(failure);
    }
  }

  /** False if closing has ended it. */
  private boolean release(Sending sending) {
    boolean was;
    boolean last;
    synchronized (lock) {
      was = inFlight.remove(sending);
      last = draining && inFlight.isEmpty();
    }
    if (last) {
      drained.complete(null);
    }
    return was;
  }

  private void complete(Sending sending, @Nullable Throwable failure) {
    CompletableFuture<Void> result = sending.result;
    if (result.isDone()) {
      return;
    }
    sending.callbacks.execute(
        () -> {
          if (failure == null) {
            result.complete(null);
          } else {
            result.completeExceptionally(failure);
          }
        });
  }
}
