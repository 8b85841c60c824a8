package dev.comms.grpc;

import dev.comms.contract.CommsException;
import dev.comms.contract.CommsException.Facts;
import dev.comms.contract.Contract;
import dev.comms.contract.Deadline;
import dev.comms.contract.Download;
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

/**
 * A stream being answered; each write waits until the peer can take it, and each read asks the peer
 * for one message. A download is answered when its request is there, the others at once.
 */
final class ServedStream extends Served {
  private static final byte[] NOTHING = new byte[0];

  private final Contract contract;
  private final Answerer answerer;
  private final boolean reads;
  private final Both pipe = new Both();
  private final CompletableFuture<Void> ended = new CompletableFuture<>();
  // All guarded by this; futures are completed outside.
  private @Nullable CompletableFuture<Void> waiting;
  private @Nullable CompletableFuture<byte @Nullable []> reading;
  private boolean allRead;
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
    this.reads = !(contract instanceof Download<?, ?>);
  }

  @Override
  void begun() {
    if (reads) {
      handle(NOTHING);
    } else {
      super.begun();
    }
  }

  @Override
  String contentType() {
    return ((StreamCall<?, ?>) contract).request().contentType();
  }

  @Override
  CompletableFuture<?> answer(Envelope head, Deadline deadline) {
    CompletableFuture<Void> answering = answerer.stream(head, pipe, deadline);
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
  public void onMessage(byte[] message) {
    if (!reads) {
      super.onMessage(message);
      return;
    }
    if (message == BytesMarshaller.TOO_LARGE) {
      close(Failures.tooLarge(Effect.POSSIBLE));
      return;
    }
    CompletableFuture<byte @Nullable []> reader = takeReader();
    if (reader != null) {
      reader.complete(message);
    }
  }

  @Override
  public void onHalfClose() {
    if (!reads) {
      super.onHalfClose();
      return;
    }
    CompletableFuture<byte @Nullable []> reader;
    synchronized (this) {
      allRead = true;
      reader = takeReader();
    }
    if (reader != null) {
      reader.complete(null);
    }
  }

  @Override
  public void onReady() {
    CompletableFuture<Void> writing = takeWriter();
    if (writing != null) {
      writing.complete(null);
    }
  }

  @Override
  public void onCancel() {
    super.onCancel();
    ended.completeExceptionally(gone());
    release();
  }

  @Override
  public void onComplete() {
    super.onComplete();
    ended.complete(null);
    // An abort closes the call under a writer or a reader that still waits.
    release();
  }

  private void release() {
    CompletableFuture<Void> writing = takeWriter();
    if (writing != null) {
      writing.completeExceptionally(gone());
    }
    CompletableFuture<byte @Nullable []> reader = takeReader();
    if (reader != null) {
      reader.completeExceptionally(gone());
    }
  }

  private synchronized @Nullable CompletableFuture<Void> takeWriter() {
    CompletableFuture<Void> writing = waiting;
    waiting = null;
    return writing;
  }

  private synchronized @Nullable CompletableFuture<byte @Nullable []> takeReader() {
    CompletableFuture<byte @Nullable []> reader = reading;
    reading = null;
    return reader;
  }

  private CommsException gone() {
    return new CommsException.Cancelled(
        Facts.of(contract.name())
            .effect(Effect.POSSIBLE)
            .fault(Fault.CALLER)
            .message("the caller has gone, or its deadline has passed"));
  }

  private <T> CompletableFuture<T> misuse(String what) {
    return CompletableFuture.failedFuture(
        new CommsException.Misconfigured(contract.name(), what + "; wait for its future"));
  }

  /** What the handler writes to and reads from. */
  private final class Both implements Pipe {
    @Override
    public CompletableFuture<Void> write(byte[] message) {
      synchronized (ServedStream.this) {
        if (closed() || call().isCancelled()) {
          return CompletableFuture.failedFuture(gone());
        }
        if (waiting != null) {
          return misuse("a write while another is under way");
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

    /** Of a download the only request came with the head. */
    @Override
    @SuppressWarnings("NullAway") // javac 17 does not see in Pipe.class that read() may answer null
    public CompletableFuture<byte @Nullable []> read() {
      synchronized (ServedStream.this) {
        if (!reads || allRead) {
          return CompletableFuture.completedFuture(null);
        }
        if (closed() || call().isCancelled()) {
          return CompletableFuture.failedFuture(gone());
        }
        if (reading != null) {
          return misuse("a read while another is under way");
        }
        CompletableFuture<byte @Nullable []> next = new CompletableFuture<>();
        reading = next;
        call().request(1);
        return next;
      }
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
