package dev.comms.grpc;

import dev.comms.contract.CommsException;
import io.grpc.ClientCall;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * What the calling side of a stream writes. A {@link ClientCall} is not made for several threads,
 * so whatever sends holds this monitor; {@code onReady} takes it too, so no wake-up is lost.
 */
final class Writing {
  private final ClientCall<byte[], byte[]> call;
  private final String contract;
  // All guarded by this; futures are completed outside.
  private @Nullable CompletableFuture<Void> waiting;
  private boolean finished;
  private boolean unwanted;
  private @Nullable CommsException failure;

  Writing(ClientCall<byte[], byte[]> call, String contract) {
    this.call = call;
    this.contract = contract;
  }

  /** Done when gRPC is ready for the next; dropped, and done, if the other side wants no more. */
  synchronized CompletableFuture<Void> write(byte[] message) {
    if (failure != null) {
      return CompletableFuture.failedFuture(failure);
    }
    if (finished) {
      return misuse("a write after the end");
    }
    if (waiting != null) {
      return misuse("a write while another is under way; wait for its future");
    }
    if (unwanted) {
      return CompletableFuture.completedFuture(null);
    }
    call.sendMessage(message);
    if (call.isReady()) {
      return CompletableFuture.completedFuture(null);
    }
    waiting = new CompletableFuture<>();
    return waiting;
  }

  private CompletableFuture<Void> misuse(String what) {
    return CompletableFuture.failedFuture(new CommsException.Misconfigured(contract, what));
  }

  synchronized void finish() {
    if (!finished && !unwanted) {
      call.halfClose();
    }
    finished = true;
  }

  void ready() {
    settle(null);
  }

  /** The stream has ended: with a failure, or since the other side has said its last. */
  void unwanted(@Nullable CommsException why) {
    synchronized (this) {
      unwanted = true;
      failure = failure == null ? why : failure;
    }
    settle(why);
  }

  private void settle(@Nullable CommsException why) {
    CompletableFuture<Void> writer;
    synchronized (this) {
      writer = waiting;
      waiting = null;
    }
    if (writer != null && why == null) {
      writer.complete(null);
    } else if (writer != null) {
      writer.completeExceptionally(why);
    }
  }
}
