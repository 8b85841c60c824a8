package dev.comms.grpc;

import dev.comms.contract.Call;
import dev.comms.spi.Envelope;
import io.grpc.Metadata;
import io.grpc.Status;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** A stub's call of one request and one reply. */
final class GuardedUnary<Q, R> extends GuardedCall<Q, R> {
  private final Call<?, ?> contract;
  // All guarded by this.
  private byte @Nullable [] request;
  private @Nullable CompletableFuture<Envelope> answering;
  private @Nullable Envelope reply;
  private int demand;

  GuardedUnary(Stub<Q, R> stub, Call<?, ?> contract) {
    super(stub);
    this.contract = contract;
  }

  @Override
  void begin() {
    // Nothing goes out before the request is whole.
  }

  @Override
  public void sendMessage(Q message) {
    byte[] bytes = encode(message);
    synchronized (this) {
      if (request != null) {
        throw new IllegalStateException(contract + " takes one request, and a second was sent");
      }
      request = bytes;
    }
  }

  @Override
  public void halfClose() {
    byte[] bytes;
    synchronized (this) {
      bytes = request;
      if (bytes == null || answering != null || over()) {
        return;
      }
    }
    CompletableFuture<Envelope> begun = calls().call(contract, bytes);
    synchronized (this) {
      answering = begun;
    }
    begun.whenComplete(this::answered);
    if (over()) {
      begun.cancel(true);
    }
  }

  private void answered(@Nullable Envelope answer, @Nullable Throwable failure) {
    if (answer == null) {
      end(failure == null ? new IllegalStateException("no reply was made") : failure);
      return;
    }
    synchronized (this) {
      reply = answer;
    }
    tellHeaders(EnvelopeMapper.metadata(answer.headers()));
    deliverIfWanted();
  }

  @Override
  public void request(int messages) {
    synchronized (this) {
      demand = 1;
    }
    deliverIfWanted();
  }

  private void deliverIfWanted() {
    Envelope answer;
    synchronized (this) {
      answer = demand > 0 ? reply : null;
      reply = answer == null ? reply : null;
    }
    if (answer != null) {
      deliver(answer.body());
      end(Status.OK, new Metadata());
    }
  }

  @Override
  void abandon(Throwable why) {
    CompletableFuture<Envelope> under;
    synchronized (this) {
      under = answering;
    }
    if (under != null) {
      under.cancel(true);
    }
  }
}
