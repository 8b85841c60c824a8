package dev.comms.grpc;

import dev.comms.contract.CommsException;
import dev.comms.contract.CommsException.Facts;
import dev.comms.contract.Contract;
import dev.comms.contract.Deadline;
import dev.comms.contract.Effect;
import dev.comms.contract.Fault;
import dev.comms.contract.Peer;
import dev.comms.contract.Time;
import dev.comms.spi.Envelope;
import io.grpc.Context;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.Status;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * One call at the server: takes its request, lets it be answered, and ends it exactly once. A
 * {@link ServerCall} is not made for several threads, so whatever touches it holds this monitor.
 */
abstract class Served extends ServerCall.Listener<byte[]> implements InFlight.Work {
  private final Contract contract;
  private final Registry.Shared shared;
  private final ServerCall<byte[], byte[]> call;
  private final Metadata headers;
  private final Deadline deadline;
  private final boolean unlimited;
  private final AtomicBoolean counted = new AtomicBoolean();
  private byte @Nullable [] body;
  private boolean closed;
  private volatile @Nullable CompletableFuture<?> answer;
  private volatile Time.@Nullable Cancellable impatience;

  Served(
      Contract contract,
      Registry.Shared shared,
      ServerCall<byte[], byte[]> call,
      Metadata headers) {
    this.contract = contract;
    this.shared = shared;
    this.call = call;
    this.headers = headers;
    this.unlimited = Context.current().getDeadline() == null;
    this.deadline = deadline();
  }

  /** The stricter of what the caller has left and what the contract allows. */
  private Deadline deadline() {
    io.grpc.Deadline callers = Context.current().getDeadline();
    Deadline limit = Deadline.after(shared.host().time(), contract.limit());
    return callers == null
        ? limit
        : limit.within(Duration.ofNanos(callers.timeRemaining(TimeUnit.NANOSECONDS)));
  }

  /** Starts to answer; what it fails with is put on the wire. */
  abstract CompletableFuture<?> answer(Envelope request, Deadline deadline);

  ServerCall.Listener<byte[]> begin() {
    if (!shared.connections().acquire(call.getAttributes())) {
      close(full());
      return new ServerCall.Listener<>() {};
    }
    counted.set(true);
    if (unlimited) {
      impatience = shared.host().time().schedule(contract.limit(), this::tooLong);
    }
    if (!shared.inFlight().begin(this)) {
      leave();
      close(Failures.draining(Effect.NONE));
      return new ServerCall.Listener<>() {};
    }
    begun();
    return this;
  }

  /**
   * Who names no deadline and does not send its request would be held until its connection ends.
   */
  private void tooLong() {
    shared
        .host()
        .callbacks()
        .execute(
            () ->
                fail(
                    new CommsException.DeadlineExceeded(
                        Facts.of(contract.name())
                            .effect(Effect.NONE)
                            .fault(Fault.CALLER)
                            .message("the request was not complete within " + contract.limit()))));
  }

  /** Two, so that a second request to a method that takes one is noticed. */
  void begun() {
    call.request(2);
  }

  private Wire full() {
    return Failures.busy(
        "this connection has "
            + shared.connections().most()
            + " calls in flight, the most that one may have; send fewer at a time");
  }

  Registry.Shared shared() {
    return shared;
  }

  ServerCall<byte[], byte[]> call() {
    return call;
  }

  @Override
  public void onMessage(byte[] message) {
    if (message == BytesMarshaller.TOO_LARGE) {
      close(Failures.tooLarge(Effect.NONE));
      return;
    }
    if (body != null) {
      close(Failures.malformed("this method takes one request, and two came"));
    }
    body = message;
  }

  @Override
  public void onHalfClose() {
    byte[] message = body;
    if (message == null) {
      close(Failures.malformed("this method takes one request, and none came"));
    } else if (!closed()) {
      handle(message);
    }
  }

  /** Lets it be answered; once. */
  void handle(byte[] message) {
    beQuiet();
    CompletableFuture<?> answering;
    try {
      var now = shared.host().time().now();
      Envelope request =
          EnvelopeMapper.toEnvelope(contract.name(), contentType(), headers, message, now);
      Peer peer = call.getAttributes().get(Peers.PEER);
      request = peer == null ? request : request.peer(peer);
      answering = answer(request, deadline);
    } catch (RuntimeException broken) {
      answering = CompletableFuture.failedFuture(broken);
    }
    answer = answering;
    answering.whenComplete(
        (done, failure) -> {
          if (failure != null) {
            fail(failure);
          }
        });
    if (call.isCancelled()) {
      answering.cancel(true);
    }
  }

  abstract String contentType();

  /** Ends the call with a failure; whoever has gone is told nothing and logged nothing. */
  void fail(Throwable failure) {
    if (!closed() && !call.isCancelled()) {
      close(Failures.toWire(contract.name(), failure));
    }
  }

  synchronized boolean closed() {
    return closed;
  }

  void close(Wire wire) {
    close(wire.status(), wire.trailers());
  }

  synchronized void close(Status status, Metadata trailers) {
    if (!closed) {
      closed = true;
      call.close(status, trailers);
    }
  }

  /** The drain's time is over: the peer is told, and the handler is called off. */
  @Override
  public void abort() {
    close(Failures.draining(Effect.POSSIBLE));
    callOff();
  }

  /** The peer has gone or its time is over. */
  @Override
  public void onCancel() {
    leave();
    callOff();
  }

  /** All was handed to the peer; only now is a drain done with it. */
  @Override
  public void onComplete() {
    leave();
  }

  private void callOff() {
    CompletableFuture<?> answering = answer;
    if (answering != null) {
      answering.cancel(true);
    }
  }

  private void beQuiet() {
    Time.Cancellable timer = impatience;
    if (timer != null) {
      timer.cancel();
    }
  }

  private void leave() {
    beQuiet();
    if (counted.compareAndSet(true, false)) {
      shared.inFlight().end(this);
      shared.connections().release(call.getAttributes());
    }
  }
}
