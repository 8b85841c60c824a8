package dev.comms.grpc;

import dev.comms.contract.CommsException;
import dev.comms.contract.CommsException.Facts;
import dev.comms.contract.Deadline;
import dev.comms.contract.Effect;
import dev.comms.contract.Fault;
import dev.comms.contract.StreamCall;
import dev.comms.contract.Time;
import io.grpc.Attributes;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.SecurityLevel;
import io.grpc.ServerCall;
import io.grpc.ServerMethodDefinition;
import io.grpc.Status;
import io.grpc.StatusException;
import io.grpc.StatusRuntimeException;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * The call as a generated service sees it. A stream's service is told everything on its handler's
 * thread, which stays as long as the stream; a call's may answer later from any thread. On the
 * handler's thread a message waits until the peer can take it; other threads must heed {@code
 * isReady}.
 */
final class ServiceCall<Q, R> extends ServerCall<Q, R> implements Told.Telling<Q> {
  static final int MOST_UNHEEDED = 16 * 1024 * 1024;

  private final ServedService served;
  private final ServerMethodDefinition<Q, R> method;
  private final Deadline deadline;
  private final Time time;
  private final Thread handler = Thread.currentThread();
  private final CompletableFuture<Void> done = new CompletableFuture<>();
  private volatile long moved;
  private volatile boolean heard;
  private ServerCall.@Nullable Listener<Q> listener; // written before it is shown
  private long unheeded; // guarded by the served call

  ServiceCall(ServedService served, ServerMethodDefinition<Q, R> method, Deadline deadline) {
    this.served = served;
    this.method = method;
    this.deadline = deadline;
    this.time = served.shared().host().time();
    this.moved = time.nanos();
  }

  /** Runs the service; of a stream until its end. */
  CompletableFuture<Void> serve(Metadata headers, byte @Nullable [] request) {
    Told told = served.told();
    boolean shown = false;
    try {
      listener = method.getServerCallHandler().startCall(this, headers);
      if (request != null) {
        listener().onMessage(parse(request));
        listener().onHalfClose();
      }
      told.listener(this);
      shown = true;
      if (served.stream() != null) {
        tellUntilTheEnd(told, served.stream());
      }
    } catch (StatusRuntimeException said) {
      close(said.getStatus(), trailers(said.getTrailers()));
    } catch (RuntimeException | Error thrown) {
      told.calledOff();
      done.completeExceptionally(thrown);
    } finally {
      // Not twice: who was told the end is told nothing more.
      if (listener != null && !shown) {
        told.listener(this);
      }
      told.leave();
    }
    return done;
  }

  private static Metadata trailers(@Nullable Metadata known) {
    return known == null ? new Metadata() : known;
  }

  private void tellUntilTheEnd(Told told, StreamCall<?, ?> limits) {
    while (!told.over()) {
      CompletableFuture<Void> change = told.change();
      if (!told.tellNext() && !told.over()) {
        await(told, limits, change);
      }
    }
    if (told.calledOffNow() && !done.isDone()) {
      throw gone();
    }
  }

  /** For a change, and no longer than the limit of whoever waits for the peer. */
  private void await(Told told, StreamCall<?, ?> limits, CompletableFuture<Void> change) {
    boolean peers = told.awaited() || !ready();
    Duration limit = told.awaited() && !heard ? limits.firstWithin() : limits.idleWithin();
    Duration left = limit.minusNanos(time.nanos() - moved);
    if (peers && left.isNegative()) {
      throw late(limit);
    }
    try {
      time.await(
          change,
          method.getMethodDescriptor().getFullMethodName(),
          peers ? deadline.within(left) : deadline);
    } catch (CommsException.DeadlineExceeded passed) {
      if (deadline.expired()) {
        throw passed;
      }
    }
  }

  private CommsException late(Duration limit) {
    return new CommsException.DeadlineExceeded(
        Facts.of(served.contract().name())
            .effect(Effect.POSSIBLE)
            .fault(Fault.CALLER)
            .message(
                heard || !served.told().awaited()
                    ? "silent for longer than idleWithin " + limit
                    : "no first message within firstWithin " + limit));
  }

  private CommsException gone() {
    return new CommsException.Cancelled(
        Facts.of(served.contract().name())
            .effect(Effect.POSSIBLE)
            .fault(Fault.CALLER)
            .message("the caller has gone, or its deadline has passed"));
  }

  @Override
  public ServerCall.Listener<Q> listener() {
    ServerCall.Listener<Q> known = listener;
    if (known == null) {
      throw new IllegalStateException("the service gave no listener");
    }
    return known;
  }

  @Override
  public Q parse(byte[] message) {
    heard = true;
    moved = time.nanos();
    try {
      return method.getMethodDescriptor().parseRequest(new BytesMarshaller.Known(message));
    } catch (RuntimeException unreadable) {
      throw new CommsException.Malformed(
          Facts.of(served.contract().name())
              .effect(served.manyRequests() ? Effect.POSSIBLE : Effect.NONE)
              .fault(Fault.REMOTE)
              .message(
                  message.length
                      + " bytes cannot be decoded; both sides must use the same contract and codec")
              .cause(unreadable));
    }
  }

  @Override
  public void request(int messages) {
    moved = time.nanos();
    served.told().request(messages);
  }

  @Override
  public void sendHeaders(Metadata headers) {
    synchronized (served) {
      if (!over()) {
        served.call().sendHeaders(headers);
      }
    }
  }

  @Override
  public void sendMessage(R message) {
    byte[] bytes = encode(message);
    if (Thread.currentThread() == handler && served.manyReplies() && !done.isDone()) {
      awaitReady();
    }
    boolean heedless;
    boolean full;
    synchronized (served) {
      if (over()) {
        return;
      }
      unheeded = served.call().isReady() ? 0 : unheeded + bytes.length;
      heedless = unheeded > MOST_UNHEEDED;
      if (!heedless) {
        served.call().sendMessage(bytes);
      }
      full = !served.call().isReady();
    }
    moved = time.nanos();
    if (full) {
      // From now on it is the peer's turn, which has a limit of its own.
      served.told().changed();
    }
    if (heedless) {
      close(
          Status.RESOURCE_EXHAUSTED.withDescription(
              "more than "
                  + MOST_UNHEEDED
                  + " bytes of the reply wait for the peer;"
                  + " the service must write only while isReady()"),
          new Metadata());
    }
  }

  private byte[] encode(R message) {
    try (InputStream stream = method.getMethodDescriptor().streamResponse(message)) {
      return BytesMarshaller.read(stream);
    } catch (IOException broken) {
      throw new IllegalStateException("the reply cannot be encoded", broken);
    }
  }

  private void awaitReady() {
    StreamCall<?, ?> limits = served.stream();
    Duration idle = limits == null ? deadline.remaining() : limits.idleWithin();
    Deadline until = deadline.within(idle);
    while (!ready() && !served.told().over()) {
      CompletableFuture<Void> change = served.told().change();
      if (!ready() && !served.told().over()) {
        time.await(change, served.contract().name(), until);
      }
    }
    // Else a handler that looks at nothing would write for ever.
    if (served.told().calledOffNow()) {
      throw gone();
    }
  }

  private boolean ready() {
    synchronized (served) {
      return served.call().isReady();
    }
  }

  private boolean over() {
    return served.closed() || served.call().isCancelled();
  }

  /**
   * As the service says it, with its code and its details; but what it only threw, or passed on
   * without a status, is told like any handler's failure.
   */
  @Override
  public void close(Status status, Metadata trailers) {
    served.told().said();
    if (status.isOk()) {
      served.close(status, trailers);
      done.complete(null);
    } else if (thrown(status)) {
      done.completeExceptionally(cause(status));
    } else {
      // Of another server of ours, whose effect is not ours; a service's own details are kept.
      boolean anothers = Wire.details(status, trailers).info() != null;
      Metadata own = anothers ? new Metadata() : trailers;
      served.close(status, own);
      var said = new Failures.Attempt(served.contract().name(), "the service", true);
      done.completeExceptionally(Failures.fromStatus(said, status, own));
    }
    served.told().closed();
  }

  private static boolean thrown(Status status) {
    Throwable cause = status.getCause();
    return cause instanceof CommsException
        || (status.getCode() == Status.Code.UNKNOWN
            && status.getDescription() == null
            && cause != null
            && !(cause instanceof StatusException || cause instanceof StatusRuntimeException));
  }

  private static Throwable cause(Status status) {
    Throwable cause = status.getCause();
    return cause == null ? status.asRuntimeException() : cause;
  }

  @Override
  public boolean isReady() {
    synchronized (served) {
      return !over() && served.call().isReady();
    }
  }

  @Override
  public boolean isCancelled() {
    return served.told().calledOffNow() || served.call().isCancelled();
  }

  @Override
  public void setMessageCompression(boolean enabled) {
    synchronized (served) {
      served.call().setMessageCompression(enabled);
    }
  }

  @Override
  public void setCompression(String compressor) {
    synchronized (served) {
      served.call().setCompression(compressor);
    }
  }

  @Override
  public SecurityLevel getSecurityLevel() {
    return served.call().getSecurityLevel();
  }

  @Override
  public Attributes getAttributes() {
    return served.call().getAttributes();
  }

  @Override
  public @Nullable String getAuthority() {
    return served.call().getAuthority();
  }

  @Override
  public MethodDescriptor<Q, R> getMethodDescriptor() {
    return method.getMethodDescriptor();
  }
}
