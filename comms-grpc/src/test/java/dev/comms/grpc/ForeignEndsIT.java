package dev.comms.grpc;

import static org.assertj.core.api.Assertions.assertThat;

import dev.comms.Calls;
import dev.comms.Comms;
import dev.comms.contract.Call;
import dev.comms.contract.Codec;
import dev.comms.contract.CommsException;
import dev.comms.contract.CommsException.Kind;
import dev.comms.contract.Context;
import dev.comms.contract.Dialogue;
import dev.comms.contract.Download;
import dev.comms.contract.StreamCall;
import dev.comms.contract.Upload;
import dev.comms.spi.Envelope;
import dev.comms.spi.Pipe;
import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.Grpc;
import io.grpc.InsecureChannelCredentials;
import io.grpc.InsecureServerCredentials;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.MethodDescriptor.MethodType;
import io.grpc.Server;
import io.grpc.ServerCall;
import io.grpc.ServerServiceDefinition;
import io.grpc.Status;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.EnumSource.Mode;

/** Deadlines and cancels cross the wire in all four kinds, from and to grpc-java without us. */
class ForeignEndsIT {
  private static final Duration LONG = Service.LONG;
  private static final Duration SHORT = Duration.ofMillis(400);
  private static final Call<byte[], byte[]> ASK =
      Call.named("it.Ends/UNARY", Codec.bytes(), Codec.bytes()).answeredWithin(LONG);
  private static final Download<byte[], byte[]> WATCH =
      limited(Download.named("it.Ends/SERVER_STREAMING", Codec.bytes(), Codec.bytes()));
  private static final Upload<byte[], byte[]> SEND =
      limited(Upload.named("it.Ends/CLIENT_STREAMING", Codec.bytes(), Codec.bytes()));
  private static final Dialogue<byte[], byte[]> TALK =
      limited(Dialogue.named("it.Ends/BIDI_STREAMING", Codec.bytes(), Codec.bytes()));

  private final Service service = new Service();
  // What the answering side saw: the time that was left, and that it was called off.
  private final BlockingQueue<Duration> left = new LinkedBlockingQueue<>(100);
  private final CountDownLatch calledOff = new CountDownLatch(1);

  private static <C> C limited(StreamCall.Named<C> named) {
    return named.firstWithin(LONG).idleWithin(LONG).totalWithin(LONG);
  }

  private static MethodDescriptor<byte[], byte[]> method(MethodType type) {
    return MethodDescriptor.newBuilder(BytesMarshaller.INSTANCE, BytesMarshaller.INSTANCE)
        .setType(type)
        .setFullMethodName("it.Ends/" + type)
        .build();
  }

  private static byte[] bytes() {
    return "q".getBytes(StandardCharsets.US_ASCII);
  }

  @AfterEach
  void close() {
    service.close();
  }

  private void begun(Context context) {
    left.add(context.deadline().remaining());
  }

  /** Whatever it does when the interrupt comes, it does not do to its end. */
  private void untilCalledOff(Callable<?> work) throws Exception {
    try {
      work.call();
      new CountDownLatch(1).await(LONG.toSeconds(), TimeUnit.SECONDS);
    } catch (Exception interrupted) {
      calledOff.countDown();
      throw interrupted;
    }
  }

  private Duration left() throws InterruptedException {
    return left.poll(LONG.toSeconds(), TimeUnit.SECONDS);
  }

  /** A stub's channel to handlers of ours that never answer. */
  private ManagedChannel ours() {
    GrpcServer transport = GrpcServer.on(0).plaintext();
    Comms comms = service.owns(Comms.service("it", new SimpleMeterRegistry()).build());
    comms
        .serve(transport)
        .answer(
            ASK,
            (request, context) -> {
              begun(context);
              untilCalledOff(() -> request);
              return request;
            })
        .stream(
            WATCH,
            (request, out, context) -> {
              begun(context);
              untilCalledOff(
                  () -> {
                    out.accept(request);
                    return request;
                  });
            })
        .collect(
            SEND,
            (in, context) -> {
              begun(context);
              readsOn(in);
              return bytes();
            })
        .converse(
            TALK,
            (in, out, context) -> {
              begun(context);
              readsOn(in);
            });
    comms.start();
    return channel(transport.address());
  }

  private ManagedChannel channel(String address) {
    ManagedChannel channel =
        Grpc.newChannelBuilder(address, InsecureChannelCredentials.create()).build();
    service.owns(() -> channel.shutdownNow().awaitTermination(5, TimeUnit.SECONDS));
    return channel;
  }

  private void readsOn(java.util.Iterator<byte[]> in) {
    try {
      in.forEachRemaining(message -> {});
    } catch (CommsException gone) {
      calledOff.countDown();
      throw gone;
    }
  }

  /** Begins a call of any kind as a stub does, and says how it ended. */
  private CompletableFuture<Status> begin(
      ClientCall<byte[], byte[]> call, MethodDescriptor<byte[], byte[]> method) {
    CompletableFuture<Status> end = new CompletableFuture<>();
    call.start(
        new ClientCall.Listener<>() {
          @Override
          public void onClose(Status status, Metadata trailers) {
            end.complete(status);
          }
        },
        new Metadata());
    call.request(10);
    call.sendMessage(bytes());
    if (method.getType().clientSendsOneMessage()) {
      call.halfClose();
    }
    return end;
  }

  @ParameterizedTest
  @EnumSource(value = MethodType.class, mode = Mode.EXCLUDE, names = "UNKNOWN")
  void aStubsCancelReachesOurHandler(MethodType type) throws Exception {
    ClientCall<byte[], byte[]> call = ours().newCall(method(type), CallOptions.DEFAULT);
    CompletableFuture<Status> end = begin(call, method(type));
    assertThat(left()).isBetween(Duration.ofSeconds(1), LONG);

    call.cancel("enough", null);

    assertThat(service.get(end).getCode()).isEqualTo(Status.Code.CANCELLED);
    assertThat(calledOff.await(LONG.toSeconds(), TimeUnit.SECONDS)).isTrue();
  }

  @ParameterizedTest
  @EnumSource(value = MethodType.class, mode = Mode.EXCLUDE, names = "UNKNOWN")
  void aStubsDeadlineIsOurHandlers(MethodType type) throws Exception {
    ManagedChannel channel = ours();
    CallOptions options =
        CallOptions.DEFAULT.withDeadlineAfter(SHORT.toMillis(), TimeUnit.MILLISECONDS);

    CompletableFuture<Status> end = begin(channel.newCall(method(type), options), method(type));

    assertThat(service.get(end).getCode()).isEqualTo(Status.Code.DEADLINE_EXCEEDED);
    Duration seen = left.poll(1, TimeUnit.SECONDS);
    if (seen != null) {
      // On a machine that is very busy the deadline may pass before there is a connection.
      assertThat(seen).isLessThanOrEqualTo(SHORT);
      assertThat(calledOff.await(LONG.toSeconds(), TimeUnit.SECONDS)).isTrue();
    }
  }

  /** Our calls to a server of grpc-java that never answers. */
  private GrpcTransport theirs() throws IOException {
    ServerServiceDefinition.Builder methods = ServerServiceDefinition.builder("it.Ends");
    for (MethodType type : MethodType.values()) {
      if (type != MethodType.UNKNOWN) {
        methods.addMethod(method(type), (call, headers) -> noting(call));
      }
    }
    Server server =
        Grpc.newServerBuilderForPort(0, InsecureServerCredentials.create())
            .addService(methods.build())
            .build()
            .start();
    service.owns(() -> server.shutdownNow().awaitTermination(5, TimeUnit.SECONDS));
    return GrpcTransport.to("127.0.0.1:" + server.getPort()).plaintext();
  }

  private ServerCall.Listener<byte[]> noting(ServerCall<byte[], byte[]> call) {
    io.grpc.Deadline deadline = io.grpc.Context.current().getDeadline();
    left.add(
        deadline == null
            ? Duration.ofDays(1)
            : Duration.ofNanos(deadline.timeRemaining(TimeUnit.NANOSECONDS)));
    call.request(10);
    return new ServerCall.Listener<>() {
      @Override
      public void onCancel() {
        calledOff.countDown();
      }
    };
  }

  @Test
  void ourCancelReachesAForeignServer() throws Exception {
    GrpcTransport client = service.attach(theirs());
    CompletableFuture<Envelope> call = client.call(ASK, Service.envelope("q"), service.in(LONG));
    assertThat(left()).isBetween(Duration.ofSeconds(1), LONG);

    call.cancel(true);

    assertThat(calledOff.await(LONG.toSeconds(), TimeUnit.SECONDS)).isTrue();
  }

  @ParameterizedTest
  @EnumSource(
      value = MethodType.class,
      names = {"SERVER_STREAMING", "CLIENT_STREAMING", "BIDI_STREAMING"})
  void ourCancelOfAStreamReachesAForeignServer(MethodType type) throws Exception {
    GrpcTransport client = service.attach(theirs());
    Pipe pipe = service.get(client.open(stream(type), Service.envelope("q"), service.in(LONG)));
    assertThat(left()).isBetween(Duration.ofSeconds(1), LONG);

    pipe.cancel(new CancellationException("enough"));

    assertThat(calledOff.await(LONG.toSeconds(), TimeUnit.SECONDS)).isTrue();
  }

  @ParameterizedTest
  @EnumSource(
      value = MethodType.class,
      names = {"SERVER_STREAMING", "CLIENT_STREAMING", "BIDI_STREAMING"})
  void ourDeadlineOfAStreamIsAForeignServers(MethodType type) throws Exception {
    GrpcTransport client = service.attach(theirs());
    // So that there is a connection, and the short time is the stream's alone.
    service
        .get(client.open(stream(type), Service.envelope("q"), service.in(LONG)))
        .cancel(new CancellationException("connected"));
    assertThat(left()).isBetween(Duration.ofSeconds(1), LONG);

    CommsException late =
        service.failure(
            client
                .open(stream(type), Service.envelope("q"), service.in(SHORT))
                .thenCompose(Pipe::ended));

    assertThat(late.kind()).isEqualTo(Kind.DEADLINE_EXCEEDED);
    Duration seen = left.poll(1, TimeUnit.SECONDS);
    if (seen != null) {
      assertThat(seen).isLessThanOrEqualTo(SHORT);
    }
  }

  private static StreamCall<?, ?> stream(MethodType type) {
    return switch (type) {
      case SERVER_STREAMING -> WATCH;
      case CLIENT_STREAMING -> SEND;
      case BIDI_STREAMING -> TALK;
      default -> throw new IllegalArgumentException("no stream: " + type);
    };
  }

  @Test
  void ourDeadlineIsAForeignServers() throws Exception {
    Comms comms = service.owns(Comms.service("it", new SimpleMeterRegistry()).build());
    Calls calls = comms.calls(theirs());
    comms.start();

    CompletableFuture<byte[]> call = calls.within(SHORT).callAsync(ASK, bytes());

    assertThat(service.failure(call).kind()).isEqualTo(Kind.DEADLINE_EXCEEDED);
    Duration seen = left.poll(1, TimeUnit.SECONDS);
    if (seen != null) {
      assertThat(seen).isLessThanOrEqualTo(SHORT);
      assertThat(calledOff.await(LONG.toSeconds(), TimeUnit.SECONDS)).isTrue();
    }
  }
}
