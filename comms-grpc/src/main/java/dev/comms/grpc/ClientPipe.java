package dev.comms.grpc;

import dev.comms.contract.CommsException;
import dev.comms.contract.CommsException.Facts;
import dev.comms.contract.Deadline;
import dev.comms.contract.Download;
import dev.comms.contract.Effect;
import dev.comms.contract.Fault;
import dev.comms.contract.StreamCall;
import dev.comms.contract.Upload;
import dev.comms.spi.Envelope;
import dev.comms.spi.Pipe;
import io.grpc.ClientCall;
import io.grpc.Metadata;
import io.grpc.Status;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * The calling side of a stream. It asks for one message per read, so HTTP/2's flow control holds
 * the writer back when the reader stops; a write is done when gRPC is ready for the next.
 */
final class ClientPipe extends ClientCall.Listener<byte[]> implements Pipe, InFlight.Work {
  private final Session session;
  private final StreamCall<?, ?> contract;
  private final Envelope head;
  private final Writing writing;
  private final SentTrace trace = new SentTrace(this::sent, this::answered);
  private final CompletableFuture<Pipe> opened = new CompletableFuture<>();
  private final CompletableFuture<Void> ended = new CompletableFuture<>();
  private final ClientCall<byte[], byte[]> call;
  // Guarded by this; completed outside.
  private @Nullable CompletableFuture<byte @Nullable []> reading;
  // Both guarded by this: what was asked for before anybody read, and what came of it.
  private boolean asked;
  private byte @Nullable [] early;

  ClientPipe(Session session, StreamCall<?, ?> contract, Envelope head, Deadline deadline) {
    this.session = session;
    this.contract = contract;
    this.head = head;
    this.call = session.newCall(contract, deadline, trace);
    this.writing = new Writing(call, contract.name());
  }

  CompletableFuture<Pipe> open() {
    Metadata metadata = EnvelopeMapper.request(head);
    if (!session.inFlight().begin(this)) {
      return CompletableFuture.failedFuture(session.closing(contract));
    }
    opened.whenComplete(
        (pipe, failure) -> {
          if (failure instanceof CancellationException) {
            cancel(failure);
          }
        });
    try {
      call.start(this, metadata);
      begin();
    } catch (RuntimeException closed) {
      call.cancel("could not be started", closed);
      end(CommsException.of(contract.name(), closed));
    }
    return opened;
  }

  private void begin() {
    if (contract instanceof Download<?, ?>) {
      call.sendMessage(head.body());
      call.halfClose();
    } else if (contract instanceof Upload<?, ?>) {
      // gRPC tells of the end only when the reply was taken, and a writer must hear of both.
      synchronized (this) {
        asked = true;
      }
      call.request(1);
    }
  }

  private void sent() {
    session.host().callbacks().execute(() -> opened.complete(this));
  }

  /**
   * The server has said its last, so gRPC will never be ready again; what is written is dropped.
   */
  private void answered() {
    session.host().callbacks().execute(() -> writing.unwanted(null));
  }

  @Override
  @SuppressWarnings("NullAway") // javac 17 does not see in Pipe.class that read() may answer null
  public CompletableFuture<byte @Nullable []> read() {
    CompletableFuture<byte @Nullable []> next = new CompletableFuture<>();
    boolean ask;
    synchronized (this) {
      if (early != null) {
        byte[] message = early;
        early = null;
        return CompletableFuture.completedFuture(message);
      }
      if (reading != null) {
        next.completeExceptionally(misuse("a read while another is under way"));
        return next;
      }
      ask = !asked;
      asked = false;
      if (!ended.isDone()) {
        reading = next;
      }
    }
    if (ended.isDone()) {
      // Either here or in end(), whichever sees it; completing twice does nothing.
      settle(next);
    } else if (ask) {
      call.request(1);
    }
    return next;
  }

  @Override
  public void onMessage(byte[] message) {
    CompletableFuture<byte @Nullable []> next;
    synchronized (this) {
      next = reading;
      reading = null;
      if (next == null) {
        early = message;
        asked = false;
      }
    }
    if (next != null) {
      next.complete(message);
    }
  }

  @Override
  public void onReady() {
    writing.ready();
  }

  @Override
  public void onClose(Status status, Metadata trailers) {
    if (status.isOk()) {
      end(null);
      return;
    }
    boolean sent = trace.maybeSent(status);
    var attempt = new Failures.Attempt(contract.name(), session.target(), sent);
    end(Failures.fromStatus(attempt, status, trailers));
  }

  private void end(@Nullable CommsException failure) {
    session.inFlight().end(this);
    if (failure == null) {
      ended.complete(null);
      opened.complete(this);
    } else {
      ended.completeExceptionally(failure);
      opened.completeExceptionally(failure);
    }
    // A second end, such as the wire's after a cancel, changes nothing.
    writing.unwanted(failure);
    CompletableFuture<byte @Nullable []> next = take();
    if (next != null) {
      settle(next);
    }
  }

  private void settle(CompletableFuture<byte @Nullable []> next) {
    ended.whenComplete(
        (done, failure) -> {
          if (failure == null) {
            next.complete(null);
          } else {
            next.completeExceptionally(failure);
          }
        });
  }

  private synchronized @Nullable CompletableFuture<byte @Nullable []> take() {
    CompletableFuture<byte @Nullable []> next = reading;
    reading = null;
    return next;
  }

  @Override
  public CompletableFuture<Void> write(byte[] message) {
    if (contract instanceof Download<?, ?>) {
      return CompletableFuture.failedFuture(misuse("the caller of a download writes nothing more"));
    }
    try {
      session.check(contract, message);
    } catch (CommsException tooLarge) {
      return CompletableFuture.failedFuture(tooLarge);
    }
    return writing.write(message);
  }

  /** Of a download the request was all that this side writes. */
  @Override
  public CompletableFuture<Void> finish() {
    if (!(contract instanceof Download<?, ?>)) {
      writing.finish();
    }
    return CompletableFuture.completedFuture(null);
  }

  /** A view, so that nobody but the stream can end it. */
  @Override
  public CompletableFuture<Void> ended() {
    return ended.copy();
  }

  @Override
  public void cancel(Throwable why) {
    // Ended before it reaches the wire, whose own end would only say that somebody cancelled.
    end(
        new CommsException.Cancelled(
            Facts.of(contract.name())
                .effect(Effect.POSSIBLE)
                .fault(Fault.CALLER)
                .message("cancelled by the caller")
                .cause(why)));
    call.cancel("cancelled by the caller", why);
  }

  @Override
  public void abort() {
    call.cancel("the transport's drain ended", null);
  }

  private CommsException misuse(String what) {
    return new CommsException.Misconfigured(
        Facts.of(contract.name()).effect(Effect.NONE).fault(Fault.LOCAL).message(what));
  }
}
