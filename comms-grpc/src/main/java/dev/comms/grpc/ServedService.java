package dev.comms.grpc;

import dev.comms.contract.CommsException;
import dev.comms.contract.Contract;
import dev.comms.contract.Deadline;
import dev.comms.contract.Effect;
import dev.comms.contract.StreamCall;
import dev.comms.spi.Envelope;
import dev.comms.spi.Pipe;
import io.grpc.Context;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor.MethodType;
import io.grpc.ServerCall;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * A call that a generated service answers. What gRPC tells of it is told on to the service's
 * listener on the handler's thread; see {@link ServiceCall}.
 */
final class ServedService extends Served {
  private static final byte[] NOTHING = new byte[0];

  private final Contract contract;
  private final Services.Marked answerer;
  private final MethodType type;
  private final Metadata headers;
  // Its deadline and its cancellation are what the service's own stubs inherit.
  private final Context context = Context.current();
  private final Told told;

  ServedService(
      Contract contract,
      Services.Marked answerer,
      Registry.Shared shared,
      ServerCall<byte[], byte[]> call,
      Metadata headers) {
    super(contract, shared, call, headers);
    this.contract = contract;
    this.answerer = answerer;
    this.type = answerer.method().getMethodDescriptor().getType();
    this.headers = headers;
    this.told = new Told(this, shared.host().callbacks());
  }

  Contract contract() {
    return contract;
  }

  Told told() {
    return told;
  }

  boolean manyRequests() {
    return !type.clientSendsOneMessage();
  }

  boolean manyReplies() {
    return !type.serverSendsOneMessage();
  }

  @Override
  void begun() {
    if (manyRequests()) {
      handle(NOTHING);
    } else {
      super.begun();
    }
  }

  @Override
  String contentType() {
    return Services.contentType(contract);
  }

  @Override
  CompletableFuture<?> answer(Envelope head, Deadline deadline) {
    CompletableFuture<Void> answering = answerer.stream(head, new Line(), deadline);
    answering.whenComplete(
        (done, failure) -> {
          if (failure != null) {
            told.failed();
          }
        });
    return answering;
  }

  @Override
  public void onMessage(byte[] message) {
    if (message == BytesMarshaller.TOO_LARGE && manyRequests()) {
      close(Failures.tooLarge(Effect.POSSIBLE));
      told.calledOff();
      // Calls the handler off; the end above is the one that counts.
      abort();
    } else if (manyRequests()) {
      told.message(message);
    } else {
      super.onMessage(message);
    }
  }

  @Override
  public void onHalfClose() {
    if (manyRequests()) {
      told.halfClosed();
    } else {
      super.onHalfClose();
    }
  }

  @Override
  public void onReady() {
    told.ready();
  }

  @Override
  public void onCancel() {
    super.onCancel();
    told.calledOff();
  }

  @Override
  public void onComplete() {
    super.onComplete();
    told.completed();
  }

  /** What core carries to the handler's thread; nobody reads or writes through it. */
  final class Line implements Pipe {
    CompletableFuture<Void> serve(Envelope head, Deadline deadline) throws Exception {
      return context.call(
          () ->
              new ServiceCall<>(ServedService.this, answerer.method(), deadline)
                  .serve(headers, manyRequests() ? null : head.body()));
    }

    private <T> CompletableFuture<T> misuse() {
      return CompletableFuture.failedFuture(
          new CommsException.Misconfigured(
              contract.name(), "a generated service reads and writes by itself"));
    }

    @Override
    public CompletableFuture<Void> write(byte[] message) {
      return misuse();
    }

    @Override
    public CompletableFuture<Void> finish() {
      return misuse();
    }

    @Override
    @SuppressWarnings("NullAway") // javac 17 does not see in Pipe.class that read() may answer null
    public CompletableFuture<byte @Nullable []> read() {
      return misuse();
    }

    @Override
    public CompletableFuture<Void> ended() {
      return misuse();
    }

    @Override
    public void cancel(Throwable why) {
      fail(why);
    }
  }

  /** The limits, if this is a stream. */
  @Nullable StreamCall<?, ?> stream() {
    return contract instanceof StreamCall<?, ?> stream ? stream : null;
  }
}
