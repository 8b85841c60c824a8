package dev.comms.grpc;

import dev.comms.Calls;
import dev.comms.RawCalls;
import dev.comms.contract.CommsException;
import dev.comms.contract.CommsException.Facts;
import dev.comms.contract.Effect;
import dev.comms.contract.Fault;
import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.Context;
import io.grpc.Contexts;
import io.grpc.Deadline;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A stub's call that goes through {@link Calls}. The listener is called in order on the stub's
 * executor; the monitor guards what the stub's thread and the callbacks share, and is never held
 * while either is called.
 */
abstract class GuardedCall<Q, R> extends ClientCall<Q, R> {
  private static final Duration LONGEST = Duration.ofDays(7);

  private final Stub<Q, R> stub;
  private final Context context = Context.current();
  private final Context.CancellationListener whenCancelled = this::contextCancelled;
  private Calls view;
  // All guarded by this.
  private @Nullable Serial serial;
  private @Nullable Listener<R> listener;
  private @Nullable End end;
  private boolean headersTold;
  // Both only in the turns of serial.
  private boolean closed;
  private @Nullable Status threw;

  /**
   * What the stub says of its call.
   *
   * @param method with the marshallers
   * @param options deadline and executor
   * @param calls where to
   */
  record Stub<Q, R>(MethodDescriptor<Q, R> method, CallOptions options, Calls calls) {}

  private record End(Status status, Metadata trailers) {}

  GuardedCall(Stub<Q, R> stub) {
    this.stub = stub;
    this.view = stub.calls();
  }

  /** The stub's listener is there, and the headers are known. */
  abstract void begin();

  /** Lets go of what is under way. */
  abstract void abandon(Throwable why);

  @Override
  public final void start(Listener<R> to, Metadata headers) {
    synchronized (this) {
      if (listener != null) {
        throw new IllegalStateException(stub.method().getFullMethodName() + ": already started");
      }
      listener = to;
      var chosen = stub.options().getExecutor();
      serial = new Serial(chosen == null ? stub.calls().raw().callbacks() : chosen);
    }
    End early = end();
    if (early != null) {
      tell(early);
      return;
    }
    try {
      view = stub.calls().headers(headers(headers));
    } catch (IllegalArgumentException untold) {
      end(Status.INVALID_ARGUMENT.withDescription(untold.getMessage()), new Metadata());
      return;
    }
    context.addListener(whenCancelled, Runnable::run);
    if (over()) {
      // It was cancelled already, or meanwhile.
      context.removeListener(whenCancelled);
      return;
    }
    begin();
  }

  /** The text headers of the stub; values of one name are joined, as HTTP has it. */
  private static Map<String, String> headers(Metadata metadata) {
    Map<String, String> headers = new HashMap<>();
    for (String name : metadata.keys()) {
      if (name.endsWith(Metadata.BINARY_HEADER_SUFFIX) && !name.startsWith("grpc-")) {
        throw new IllegalArgumentException(
            "header '"
                + name
                + "' is binary, which does not travel through comms; send it as"
                + " text, or in the message");
      }
      if (name.equals("authorization") || name.equals("proxy-authorization")) {
        throw new IllegalArgumentException(
            "header '"
                + name
                + "' does not travel from a stub; give the token to GrpcTransport.bearer(..)");
      }
      // What gRPC sets itself it sets again.
      if (!name.startsWith("grpc-") && !EnvelopeMapper.reserved(name)) {
        var all = metadata.getAll(Metadata.Key.of(name, Metadata.ASCII_STRING_MARSHALLER));
        headers.put(name, String.join(",", Objects.requireNonNull(all)));
      }
    }
    return headers;
  }

  /** The calls with the stub's headers and the time that the stub has now. */
  final RawCalls calls() {
    Deadline strictest = stub.options().getDeadline();
    Deadline inherited = context.getDeadline();
    if (strictest == null || (inherited != null && inherited.isBefore(strictest))) {
      strictest = inherited;
    }
    if (strictest == null) {
      return view.raw();
    }
    // What is late is refused by the pipeline, which counts it.
    Duration left = Duration.ofNanos(Math.max(1, strictest.timeRemaining(TimeUnit.NANOSECONDS)));
    return left.compareTo(LONGEST) >= 0 ? view.raw() : view.within(left).raw();
  }

  final byte[] encode(Q message) {
    try (InputStream stream = stub.method().streamRequest(message)) {
      byte[] bytes = BytesMarshaller.read(stream);
      Integer most = stub.options().getMaxOutboundMessageSize();
      if (most != null && bytes.length > most) {
        throw Status.RESOURCE_EXHAUSTED
            .withDescription(
                "the message has " + bytes.length + " bytes but the stub sends at most " + most)
            .asRuntimeException();
      }
      return bytes;
    } catch (IOException broken) {
      throw Status.INTERNAL.withDescription("not encoded").withCause(broken).asRuntimeException();
    }
  }

  /** Decoded here and not by the listener's turn, so that what cannot be is not taken for OK. */
  final void deliver(byte[] message) {
    tellHeaders(new Metadata());
    Integer most = stub.options().getMaxInboundMessageSize();
    if (most != null && message.length > most) {
      fail(
          Status.RESOURCE_EXHAUSTED.withDescription(
              "the reply has " + message.length + " bytes but the stub takes at most " + most));
      return;
    }
    try {
      R decoded = stub.method().parseResponse(new BytesMarshaller.Known(message));
      callback(to -> to.onMessage(decoded));
    } catch (RuntimeException malformed) {
      fail(
          Status.INTERNAL
              .withDescription(
                  message.length
                      + " bytes of the reply cannot be decoded; both sides must use the same .proto")
              .withCause(malformed));
    }
  }

  /** Once, before the first message. */
  final void tellHeaders(Metadata headers) {
    synchronized (this) {
      if (headersTold) {
        return;
      }
      headersTold = true;
    }
    callback(to -> to.onHeaders(headers));
  }

  final void tellReady() {
    callback(Listener::onReady);
  }

  private interface Told<R> {
    void to(Listener<R> listener);
  }

  /** What the stub's own code throws ends the call, as in gRPC. */
  private void callback(Told<R> what) {
    Listener<R> to;
    Serial on;
    synchronized (this) {
      if (end != null || listener == null || serial == null) {
        return;
      }
      to = listener;
      on = serial;
    }
    on.execute(
        context.wrap(
            () -> {
              // The end may have overtaken it; after that nothing may be told.
              if (closed || threw != null) {
                return;
              }
              try {
                what.to(to);
              } catch (RuntimeException | Error thrown) {
                threw = Status.CANCELLED.withDescription("the listener threw").withCause(thrown);
                fail(threw);
              }
            }));
  }

  final synchronized boolean over() {
    return end != null;
  }

  private synchronized @Nullable End end() {
    return end;
  }

  /** Ends it here and lets go of what is under way. */
  final void fail(Status status) {
    if (end(status, new Metadata())) {
      // The peer has done nothing wrong, so no breaker may count it.
      abandon(
          new CommsException.Cancelled(
              Facts.of(stub.method().getFullMethodName())
                  .effect(Effect.POSSIBLE)
                  .fault(Fault.CALLER)
                  .message("ended by the stub: " + status.getCode())
                  .cause(status.asRuntimeException())));
    }
  }

  final void end(Throwable failure) {
    Wire told = StubFailures.of(CommsException.of(stub.method().getFullMethodName(), failure));
    end(told.status(), told.trailers());
  }

  /** False if it had ended before. */
  final boolean end(Status status, Metadata trailers) {
    End now = new End(status, trailers);
    synchronized (this) {
      if (end != null) {
        return false;
      }
      end = now;
      if (listener == null) {
        return true;
      }
    }
    tell(now);
    return true;
  }

  private void tell(End how) {
    context.removeListener(whenCancelled);
    Listener<R> to;
    Serial on;
    synchronized (this) {
      to = Objects.requireNonNull(listener);
      on = Objects.requireNonNull(serial);
    }
    on.execute(
        context.wrap(
            () -> {
              closed = true;
              Status own = threw;
              if (own == null) {
                to.onClose(how.status(), how.trailers());
              } else {
                to.onClose(own, new Metadata());
              }
            }));
  }

  private void contextCancelled(Context cancelled) {
    Status why = Contexts.statusFromCancelled(cancelled);
    fail(why == null ? Status.CANCELLED : why);
  }

  @Override
  public final void cancel(@Nullable String message, @Nullable Throwable cause) {
    fail(
        Status.CANCELLED
            .withDescription(message == null ? "cancelled by the stub" : message)
            .withCause(cause));
  }
}
