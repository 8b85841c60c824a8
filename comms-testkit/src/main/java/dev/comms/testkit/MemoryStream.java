package dev.comms.testkit;

import dev.comms.contract.CommsException;
import dev.comms.contract.CommsException.Misconfigured;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * One way from a writer to a reader with a window of some messages. Futures are completed outside
 * the lock.
 */
final class MemoryStream {
  private static final int WINDOW = 16;

  private final String contract;
  private final Deque<byte[]> window = new ArrayDeque<>(WINDOW);
  // All guarded by this.
  private @Nullable CompletableFuture<Void> writing;
  private @Nullable CompletableFuture<byte @Nullable []> reading;
  private boolean finished;
  private boolean unwanted;
  private @Nullable CommsException failure;

  MemoryStream(String contract) {
    this.contract = contract;
  }

  CompletableFuture<Void> write(byte[] message) {
    CompletableFuture<byte @Nullable []> waiting;
    synchronized (this) {
      if (finished) {
        return refused();
      }
      if (writing != null) {
        return CompletableFuture.failedFuture(
            new Misconfigured(contract, "two writes at a time; wait for the first"));
      }
      waiting = reading;
      reading = null;
      if (waiting == null) {
        window.add(message);
        writing = window.size() < WINDOW ? null : new CompletableFuture<>();
        return writing == null ? CompletableFuture.completedFuture(null) : writing;
      }
    }
    waiting.complete(message);
    return CompletableFuture.completedFuture(null);
  }

  /** What a write gets that comes after the end: dropped if the reader wanted no more. */
  private CompletableFuture<Void> refused() {
    if (failure != null) {
      return CompletableFuture.failedFuture(failure);
    }
    return unwanted
        ? CompletableFuture.completedFuture(null)
        : CompletableFuture.failedFuture(new Misconfigured(contract, "a write after the end"));
  }

  CompletableFuture<byte @Nullable []> read() {
    byte[] message;
    CompletableFuture<Void> released;
    synchronized (this) {
      message = window.poll();
      if (message == null) {
        return nothing();
      }
      released = writing;
      writing = null;
    }
    if (released != null) {
      released.complete(null);
    }
    return CompletableFuture.completedFuture(message);
  }

  private CompletableFuture<byte @Nullable []> nothing() {
    if (failure != null) {
      return CompletableFuture.failedFuture(failure);
    }
    if (finished) {
      return CompletableFuture.completedFuture(null);
    }
    if (reading != null) {
      return CompletableFuture.failedFuture(
          new Misconfigured(contract, "two reads at a time; wait for the first"));
    }
    reading = new CompletableFuture<>();
    return reading;
  }

  /** The end after what was written: the regular one, or with a failure. */
  void finish(@Nullable CommsException why) {
    stop(why, false);
  }

  /** The end at once, also of what was written; without a failure the reader wants no more. */
  void abort(@Nullable CommsException why) {
    stop(why, true);
  }

  private void stop(@Nullable CommsException why, boolean now) {
    CompletableFuture<byte @Nullable []> reader;
    CompletableFuture<Void> writer = null;
    synchronized (this) {
      if (unwanted || (finished && !now)) {
        return;
      }
      finished = true;
      failure = why;
      reader = reading;
      reading = null;
      if (now) {
        unwanted = true;
        window.clear();
        writer = writing;
        writing = null;
      }
    }
    settle(writer, why);
    settle(reader, why);
  }

  private static void settle(@Nullable CompletableFuture<?> waiting, @Nullable CommsException why) {
    if (waiting != null && why == null) {
      waiting.complete(null);
    } else if (waiting != null) {
      waiting.completeExceptionally(why);
    }
  }
}
