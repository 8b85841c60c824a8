package dev.comms.grpc;

import dev.comms.contract.CommsException;
import dev.comms.contract.CommsException.Facts;
import dev.comms.contract.Deadline;
import dev.comms.contract.Effect;
import dev.comms.contract.Fault;
import dev.comms.contract.StreamCall;
import dev.comms.spi.Envelope;
import dev.comms.spi.Pipe;
import io.grpc.ClientCall;
import io.grpc.Metadata;
import io.grpc.Status;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * The reading side of a download. It asks for one message per read, so HTTP/2's flow control holds
 * the writer back when the reader stops.
 */
final class ClientPipe extends ClientCall.Listener<byte[]> implements Pipe, InFlight.Work {
  private final Session session;
  private final StreamCall<?, ?> contract;
  private final Envelope head;
  private final SentTrace trace = new SentTrace(this::sent);
  private final CompletableFuture<Pipe> opened = new CompletableFuture<>();
  private final CompletableFuture<Void> ended = new CompletableFuture<>();
  private final ClientCall<byte[], byte[]> call;
  // Guarded by this; completed outside.
  private @Nullable CompletableFuture<byte @Nullable []> reading;

  ClientPipe(Session session, StreamCall<?, ?> contract, Envelope head, Deadline deadline) {
    this.session = session;
    this.contract = contract;
    this.head = head;
    this.call = session.newCall(contract, deadline, trace);
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
      call.sendMessage(head.body());
      call.halfClose();
    } catch (RuntimeException closed) {
      call.cancel("could not be started", closed);
      end(CommsException.of(contract.name(), closed));
    }
    return opened;
  }

  private void sent() {
    session.host().callbacks().execute(() -> opened.complete(this));
  }

  @Override
  public CompletableFuture<byte @Nullable []> read() {
    CompletableFuture<byte @Nullable []> next = new CompletableFuture<>();
    synchronized (this) {
      if (reading != null) {
        next.completeExceptionally(misuse("a read while another is under way"));
        return next;
      }
      if (!ended.isDone()) {
        reading = next;
      }
    }
    if (ended.isDone()) {
      // Either here or in end(), whichever sees it; completing twice does nothing.
      settle(next);
    } else {
      call.request(1);
    }
    return next;
  }

  @Override
  public void onMessage(byte[] message) {
    CompletableFuture<byte @Nullable []> next = take();
    if (next != null) {
      next.complete(message);
    }
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
    return CompletableFuture.failedFuture(misuse("the caller of a download writes nothing more"));
  }

  /** The request was all that this side writes. */
  @Override
  public CompletableFuture<Void> finish() {
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
