package dev.comms.grpc;

import dev.comms.contract.Call;
import dev.comms.contract.Deadline;
import dev.comms.spi.CallServer.Answerer;
import dev.comms.spi.Envelope;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.Status;
import java.util.concurrent.CompletableFuture;

/** A call that is answered with one message. */
final class ServedUnary extends Served {
  private final Call<?, ?> contract;
  private final Answerer answerer;

  ServedUnary(
      Call<?, ?> contract,
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
    return contract.request().contentType();
  }

  @Override
  CompletableFuture<?> answer(Envelope request, Deadline deadline) {
    CompletableFuture<Envelope> answering = answerer.answer(request, deadline);
    answering.whenComplete(
        (reply, failure) -> {
          if (reply != null) {
            send(reply);
          } else if (failure == null) {
            fail(new IllegalStateException("the answerer gave neither a reply nor a failure"));
          }
        });
    return answering;
  }

  private void send(Envelope reply) {
    try {
      Metadata metadata = EnvelopeMapper.reply(reply);
      synchronized (this) {
        if (!closed() && !call().isCancelled()) {
          call().sendHeaders(metadata);
          call().sendMessage(reply.body());
          close(Status.OK, new Metadata());
        }
      }
    } catch (RuntimeException unsendable) {
      fail(unsendable);
    }
  }
}
