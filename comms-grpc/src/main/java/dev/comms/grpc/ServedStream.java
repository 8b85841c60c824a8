package dev.comms.grpc;

import dev.comms.contract.CommsException;
import dev.comms.contract.CommsException.Facts;
import dev.comms.contract.Contract;
import dev.comms.contract.Deadline;
import dev.comms.contract.Effect;
import dev.comms.contract.Fault;
import dev.comms.contract.StreamCall;
import dev.comms.spi.CallServer.Answerer;
import dev.comms.spi.Envelope;
import dev.comms.spi.Pipe;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.Status;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** A call that is answered with many messages; each write waits until the peer can take it. */
final class ServedStream extends Served {
  private final Contract contract;
  private final Answerer answerer;
  private final Writer writer = new Writer();
  private final CompletableFuture<Void> ended = new CompletableFuture<>();
  // Guarded by this; completed outside.
  private @Nullable CompletableFuture<Void> waiting;
  private boolean headersSent;

  ServedStream(
      Contract contract,
      Answerer answerer,
      Registry.Shared shared,
      ServerCall<byte[], byte[]> call,
      Metadata headers) {
    super(contract, shared, call, headers);
    this.contract = contract;
    this.answerer = answerer;
  }

  @Override
  String contentType() {
    return ((StreamCall<?, ?>) contract).request().contentType();
  }

  @Override
  CompletableFuture<?> answer(Envelope head, Deadline deadline) {
    CompletableFuture<Void> answering = answerer.stream(head, writer, deadline);
    answering.whenComplete(
        (done, failure) -> {
          if (failure == null) {
            finish();
          }
        });
    return answering;
  }

  private synchronized void finish() {
    if (!closed() && !call().isCancelled()) {
      sendHeaders();
      close(Status.OK, new Metadata());
    }
  }

  private void sendHeaders() {
    if (!headersSent) {
      headersSent = true;
      call().sendHeaders(new Metadata());
    }
  }

  @Override
  public void onReady() {
    CompletableFuture<Void> writing = take();
    if (writing != null) {
      writing.complete(null);
    }
  }

  @Override
  public void onCancel() {
    super.onCancel();
    ended.completeExceptionally(gone());
    CompletableFuture<Void> writing = take();
    if (writing != null) {
      writing.completeExceptionally(gone());
    }
  }

  @Override
  public void onComplete() {
    super.onComplete();
    ended.complete(null);
    // An abort closes the call under a writer that still waits.
    CompletableFuture<Void> writing = take();
    if (writing != null) {
      writing.completeExceptionally(gone());
    }
  }

  private synchronized @Nullable CompletableFuture<Void> take() {
    CompletableFuture<Void> writing = waiting;
    waiting = null;
    return writing;
  }

  private CommsException gone() {
    return new CommsException.Cancelled(
        Facts.of(contract.name())
            .effect(Effect.POSSIBLE)
            .fault(Fault.CALLER)
            .message("the reader has gone, or its deadline has passed"));
  }

  /** What the handler writes to. */
  private final class Writer implements Pipe {
    @Override
    public CompletableFuture<Void> write(byte[] message) {
      synchronized (ServedStream.this) {
        if (closed() || call().isCancelled()) {
          return CompletableFuture.failedFuture(gone());
        }
        if (waiting != null) {
          return CompletableFuture.failedFuture(
              new CommsException.Misconfigured(
                  contract.name(), "a write while another is under way; wait for its future"));
        }
        sendHeaders();
        call().sendMessage(message);
        if (call().isReady()) {
          return CompletableFuture.completedFuture(null);
        }
        // onReady takes the monitor too, so it comes after this or finds the writer waiting.
        waiting = new CompletableFuture<>();
        return waiting;
      }
    }

    @Override
    public CompletableFuture<Void> finish() {
      ServedStream.this.finish();
      return CompletableFuture.completedFuture(null);
    }

    /** The only request came with the head. */
    @Override
    public CompletableFuture<byte @Nullable []> read() {
      return CompletableFuture.completedFuture(null);
    }

    /** A view, so that nobody but the stream can end it. */
    @Override
    public CompletableFuture<Void> ended() {
      return ended.copy();
    }

    @Override
    public void cancel(Throwable why) {
      fail(why);
    }
  }
}
