package dev.comms.testkit;

import dev.comms.contract.CommsException.Misconfigured;
import dev.comms.spi.Pipe;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** The two sides of a download. */
final class MemoryPipe {
  private MemoryPipe() {}

  /** The answering side. */
  record Writer(MemoryStream stream, String contract) implements Pipe {
    @Override
    public CompletableFuture<Void> write(byte[] message) {
      return stream.write(message);
    }

    @Override
    public CompletableFuture<Void> finish() {
      stream.finish();
      return CompletableFuture.completedFuture(null);
    }

    @Override
    public CompletableFuture<byte @Nullable []> read() {
      return CompletableFuture.completedFuture(null);
    }

    @Override
    public CompletableFuture<Void> ended() {
      return stream.ended().copy();
    }

    @Override
    public void cancel(Throwable why) {
      stream.abort(Wire.carried(contract, why));
    }
  }

  /** The calling side, whose only message was the head. */
  record Reader(MemoryStream stream, String contract) implements Pipe {
    @Override
    public CompletableFuture<Void> write(byte[] message) {
      return CompletableFuture.failedFuture(
          new Misconfigured(contract, "a download's caller sends only the opening message"));
    }

    @Override
    public CompletableFuture<Void> finish() {
      return CompletableFuture.completedFuture(null);
    }

    @Override
    public CompletableFuture<byte @Nullable []> read() {
      return stream.read();
    }

    @Override
    public CompletableFuture<Void> ended() {
      return stream.ended().copy();
    }

    @Override
    public void cancel(Throwable why) {
      stream.abort(Wire.cancelled(contract));
    }
  }
}
