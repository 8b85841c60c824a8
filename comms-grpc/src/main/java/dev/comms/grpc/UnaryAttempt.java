package dev.comms.grpc;

import dev.comms.contract.Call;
import dev.comms.contract.CommsException;
import dev.comms.contract.CommsException.Facts;
import dev.comms.contract.Deadline;
import dev.comms.contract.Effect;
import dev.comms.contract.Fault;
import dev.comms.spi.Envelope;
import io.grpc.ClientCall;
import io.grpc.Metadata;
import io.grpc.Status;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** One attempt of a call: one request, one reply. gRPC calls it from one thread at a time. */
final class UnaryAttempt extends ClientCall.Listener<byte[]> implements InFlight.Work {
  private final Session session;
  private final Call<?, ?> contract;
  private final Envelope request;
  private final SentTrace trace = new SentTrace(() -> {}, () -> {});
  private final CompletableFuture<Envelope> reply = new CompletableFuture<>();
  private final ClientCall<byte[], byte[]> call;
  private Metadata headers = new Metadata();
  private byte @Nullable [] body;

  UnaryAttempt(Session session, Call<?, ?> contract, Envelope request, Deadline deadline) {
    this.session = session;
    this.contract = contract;
    this.request = request;
    this.call = session.newCall(contract, deadline, trace);
  }

  CompletableFuture<Envelope> start() {
    Metadata metadata = EnvelopeMapper.request(request);
    if (!session.inFlight().begin(this)) {
      return CompletableFuture.failedFuture(session.closing(contract));
    }
    reply.whenComplete(this::cancelOnTheWire);
    try {
      call.start(this, metadata);
      // Two, so that a second reply to a unary call is noticed.
      call.request(2);
      call.sendMessage(request.body());
      call.halfClose();
    } catch (RuntimeException closed) {
      session.inFlight().end(this);
      call.cancel("could not be started", closed);
      reply.completeExceptionally(CommsException.of(contract.name(), closed));
    }
    return reply;
  }

  private void cancelOnTheWire(@Nullable Envelope answer, @Nullable Throwable failure) {
    if (failure instanceof CancellationException) {
      call.cancel("cancelled by the caller", failure);
    }
  }

  @Override
  public void abort() {
    call.cancel("the transport's drain ended", null);
  }

  @Override
  public void onHeaders(Metadata received) {
    headers = received;
  }

  @Override
  public void onMessage(byte[] message) {
    if (body != null) {
      reply.completeExceptionally(broken("it replied twice to a unary call"));
      call.cancel("a second reply to a unary call", null);
    }
    body = message;
  }

  @Override
  public void onClose(Status status, Metadata trailers) {
    session.inFlight().end(this);
    byte[] message = body;
    if (!status.isOk()) {
      boolean sent = trace.maybeSent(status);
      var attempt = new Failures.Attempt(contract.name(), session.target(), sent);
      reply.completeExceptionally(Failures.fromStatus(attempt, status, trailers));
    } else if (message == null) {
      reply.completeExceptionally(broken("it said OK and sent no reply"));
    } else {
      reply.complete(
          Envelope.of(
                  request.id(),
                  contract.name(),
                  contract.reply().contentType(),
                  session.host().time().now(),
                  message)
              .headers(EnvelopeMapper.headers(headers, trailers)));
    }
  }

  private CommsException broken(String what) {
    return new CommsException.Failed(
        Facts.of(contract.name())
            .effect(Effect.POSSIBLE)
            .fault(Fault.REMOTE)
            .message(session.target() + ": " + what + "; is it a server of this method?"));
  }
}
