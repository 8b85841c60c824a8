package dev.comms.testkit;

import dev.comms.contract.CommsException;
import dev.comms.contract.CommsException.Misconfigured;
import dev.comms.spi.Pipe;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/** A stream between a caller and who answers, and the two sides of it. It ends once. */
final class MemoryPipe {
  private final String contract;
  private final boolean callerWrites;
  private final MemoryStream up;
  private final MemoryStream down;
  private final CompletableFuture<Void> ended = new CompletableFuture<>();
  private final CompletableFuture<Void> aborted = new CompletableFuture<>();
  // Whether the answering side has said its last, or cannot any more.
  private final AtomicBoolean answered = new AtomicBoolean();

  MemoryPipe(String contract, boolean callerWrites) {
    this.contract = contract;
    this.callerWrites = callerWrites;
    this.up = new MemoryStream(contract);
    this.down = new MemoryStream(contract);
    if (!callerWrites) {
      up.finish(null);
    }
  }

  /** Done when the answering side has said its last, however much is unread; failed with why. */
  CompletableFuture<Void> ended() {
    return ended.copy();
  }

  /** Done when the caller ended it before the answer was complete. */
  CompletableFuture<Void> aborted() {
    return aborted;
  }

  /** The answering side has said all, or why it says no more; the caller reads what is left. */
  void answered(@Nullable CommsException why) {
    if (answered.compareAndSet(false, true)) {
      end(why);
      down.finish(why);
      up.abort(why);
    }
  }

  /** Ends both ways at once, by the caller's will or at its deadline. */
  void abort(CommsException why) {
    boolean early = answered.compareAndSet(false, true);
    end(why);
    down.abort(why);
    up.abort(why);
    if (early) {
      aborted.complete(null);
    }
  }

  private void end(@Nullable CommsException why) {
    if (why == null) {
      ended.complete(null);
    } else {
      ended.completeExceptionally(why);
    }
  }

  /** The calling side. */
  final class Near implements Pipe {
    @Override
    public CompletableFuture<Void> write(byte[] message) {
      return callerWrites
          ? up.write(message)
          : CompletableFuture.failedFuture(
              new Misconfigured(contract, "a download's caller sends only the opening message"));
    }

    @Override
    public CompletableFuture<Void> finish() {
      up.finish(null);
      return CompletableFuture.completedFuture(null);
    }

    @Override
    @SuppressWarnings("NullAway") // javac 17 does not see in Pipe.class that read() may answer null
    public CompletableFuture<byte @Nullable []> read() {
      return down.read();
    }

    @Override
    public CompletableFuture<Void> ended() {
      return MemoryPipe.this.ended();
    }

    @Override
    public void cancel(Throwable why) {
      abort(Wire.cancelled(contract));
    }
  }

  /** The answering side. */
  final class Far implements Pipe {
    @Override
    public CompletableFuture<Void> write(byte[] message) {
      return down.write(message);
    }

    @Override
    public CompletableFuture<Void> finish() {
      answered(null);
      return CompletableFuture.completedFuture(null);
    }

    @Override
    @SuppressWarnings("NullAway") // javac 17 does not see in Pipe.class that read() may answer null
    public CompletableFuture<byte @Nullable []> read() {
      return up.read();
    }

    @Override
    public CompletableFuture<Void> ended() {
      return MemoryPipe.this.ended();
    }

    /** The caller is told why; who answers knows it. */
    @Override
    public void cancel(Throwable why) {
      answered(Wire.carried(contract, why));
    }
  }
}
