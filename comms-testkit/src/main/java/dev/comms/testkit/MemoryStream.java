package dev.comms.testkit;

import dev.comms.contract.CommsException;
import dev.comms.contract.CommsException.Misconfigured;
import dev.comms.spi.Pipe;
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
  private final Deque<byte[]> window = new ArrayDeque<>();
  private final CompletableFuture<Void> ended = new CompletableFuture<>();
  private final CompletableFuture<Void> aborted = new CompletableFuture<>();
  private @Nullable CompletableFuture<Void> writing;
  private @Nullable CompletableFuture<byte @Nullable []> reading;
  private boolean finished;
  private @Nullable CommsException failure;

  MemoryStream(String contract) {
    this.contract = contract;
  }

  Pipe writer() {
    return new MemoryPipe.Writer(this, contract);
  }

  Pipe reader() {
    return new MemoryPipe.Reader(this, contract);
  }

  /** Done when all was read, or nothing more will be. */
  CompletableFuture<Void> ended() {
    return ended;
  }

  /** Done when it ended before its regular end. */
  CompletableFuture<Void> aborted() {
    return aborted;
  }

  CompletableFuture<Void> write(byte[] message) {
    CompletableFuture<byte @Nullable []> waiting;
    synchronized (this) {
      if (finished) {
        return CompletableFuture.failedFuture(
            failure == null ? new Misconfigured(contract, "a write after the end") : failure);
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

  CompletableFuture<byte @Nullable []> read() {
    byte[] message;
    CompletableFuture<Void> released;
    boolean last;
    synchronized (this) {
      message = window.poll();
      if (message == null) {
        return nothing();
      }
      released = writing;
      writing = null;
      last = finished && window.isEmpty();
    }
    if (released != null) {
      released.complete(null);
    }
    if (last) {
      ended.complete(null);
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

  /** The regular end. */
  void finish() {
    end(null, false);
  }

  /** The end with a failure, after what was written. */
  void fail(CommsException why) {
    end(why, false);
  }

  /** The end at once, on both sides. */
  void abort(CommsException why) {
    if (end(why, true)) {
      aborted.complete(null);
    }
  }

  private boolean end(@Nullable CommsException why, boolean now) {
    CompletableFuture<byte @Nullable []> reader;
    CompletableFuture<Void> writer = null;
    boolean over;
    synchronized (this) {
      if (ended.isDone() || (finished && !now)) {
        return false;
      }
      finished = true;
      failure = why;
      reader = reading;
      reading = null;
      if (now) {
        window.clear();
        writer = writing;
        writing = null;
      }
      over = window.isEmpty();
    }
    if (writer != null && why != null) {
      writer.completeExceptionally(why);
    }
    if (over) {
      ended.complete(null);
    }
    if (reader != null && why == null) {
      reader.complete(null);
    } else if (reader != null) {
      reader.completeExceptionally(why);
    }
    return true;
  }
}
