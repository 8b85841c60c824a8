package dev.comms.grpc;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Any;
import com.google.rpc.ErrorInfo;
import com.google.rpc.RetryInfo;
import dev.comms.Calls;
import dev.comms.Comms;
import dev.comms.contract.Call;
import dev.comms.contract.Codec;
import dev.comms.policy.Policies;
import io.grpc.CallOptions;
import io.grpc.Grpc;
import io.grpc.InsecureChannelCredentials;
import io.grpc.InsecureServerCredentials;
import io.grpc.ManagedChannel;
import io.grpc.Server;
import io.grpc.ServerServiceDefinition;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.protobuf.StatusProto;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.ServerCalls;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A server that has too much to do says so as everybody expects, and our client heeds it. */
class OverloadIT {
  private static final Call<byte[], byte[]> ASK =
      Call.named(Service.ASK.name(), Codec.bytes(), Codec.bytes())
          .asIdempotent()
          .answeredWithin(Duration.ofSeconds(20));

  private final Service service = new Service();

  @AfterEach
  void close() {
    service.close();
  }

  @Test
  void aFullServerRefusesWithReasonAndWaitAsAnyClientReadsThem() throws Exception {
    int port = freePort();
    CountDownLatch reached = new CountDownLatch(1);
    CountDownLatch over = new CountDownLatch(1);
    try (Comms server = busy(port, reached, over);
        Comms client = Comms.service("c", new SimpleMeterRegistry()).build()) {
      Calls calls = client.calls(GrpcTransport.to("127.0.0.1:" + port).plaintext());
      client.start();
      CompletableFuture<byte[]> first = calls.callAsync(ASK, new byte[1]);
      assertThat(reached.await(20, TimeUnit.SECONDS)).isTrue();

      com.google.rpc.Status refused = askRaw(port);

      assertThat(refused.getCode()).isEqualTo(Status.Code.RESOURCE_EXHAUSTED.value());
      ErrorInfo info = detail(refused, ErrorInfo.class);
      assertThat(info.getReason()).isEqualTo("OVERLOADED");
      assertThat(info.getDomain()).isEqualTo("comms");
      assertThat(detail(refused, RetryInfo.class).getRetryDelay()).isEqualTo(millis(100));
      over.countDown();
      assertThat(service.get(first)).hasSize(1);
      assertThat(server.health()).isNotNull();
    }
  }

  private static Comms busy(int port, CountDownLatch reached, CountDownLatch over) {
    Comms server =
        Comms.service("s", new SimpleMeterRegistry())
            .policies(Policies.standard().serving(1))
            .build();
    server
        .serve(GrpcServer.on(port).plaintext())
        .answer(
            ASK,
            (request, context) -> {
              reached.countDown();
              over.await();
              return request;
            });
    server.start();
    return server;
  }

  private com.google.rpc.Status askRaw(int port) {
    ManagedChannel channel =
        Grpc.newChannelBuilder("127.0.0.1:" + port, InsecureChannelCredentials.create()).build();
    service.owns(() -> channel.shutdownNow().awaitTermination(5, TimeUnit.SECONDS));
    try {
      ClientCalls.blockingUnaryCall(channel, Service.FOREIGN, CallOptions.DEFAULT, new byte[1]);
      throw new AssertionError("it was answered, though its only place is taken");
    } catch (StatusRuntimeException refused) {
      return StatusProto.fromThrowable(refused);
    }
  }

  private static <T extends com.google.protobuf.Message> T detail(
      com.google.rpc.Status status, Class<T> type) throws Exception {
    for (Any detail : status.getDetailsList()) {
      if (detail.is(type)) {
        return detail.unpack(type);
      }
    }
    throw new AssertionError("no " + type + " in " + status);
  }

  @Test
  void theClientTriesAgainNoSoonerThanAForeignServerAsks() throws Exception {
    List<Long> arrivals = new CopyOnWriteArrayList<>();
    Server foreign = refusingOnce(arrivals);
    try (Comms client = Comms.service("c", new SimpleMeterRegistry()).build()) {
      Calls calls = client.calls(GrpcTransport.to("127.0.0.1:" + foreign.getPort()).plaintext());
      client.start();

      assertThat(calls.call(ASK, new byte[7])).hasSize(7);
    }

    assertThat(arrivals).hasSize(2);
    assertThat(Duration.ofNanos(arrivals.get(1) - arrivals.get(0)))
        .isGreaterThanOrEqualTo(Duration.ofMillis(700));
  }

  private Server refusingOnce(List<Long> arrivals) throws Exception {
    ServerCalls.UnaryMethod<byte[], byte[]> answer =
        (request, out) -> {
          arrivals.add(System.nanoTime());
          if (arrivals.size() == 1) {
            out.onError(StatusProto.toStatusException(again(700)));
          } else {
            out.onNext(request);
            out.onCompleted();
          }
        };
    Server server =
        Grpc.newServerBuilderForPort(0, InsecureServerCredentials.create())
            .addService(
                ServerServiceDefinition.builder("it.Service")
                    .addMethod(Service.FOREIGN, ServerCalls.asyncUnaryCall(answer))
                    .build())
            .build()
            .start();
    service.owns(() -> server.shutdownNow().awaitTermination(5, TimeUnit.SECONDS));
    return server;
  }

  private static com.google.rpc.Status again(int afterMillis) {
    return com.google.rpc.Status.newBuilder()
        .setCode(Status.Code.RESOURCE_EXHAUSTED.value())
        .addDetails(Any.pack(RetryInfo.newBuilder().setRetryDelay(millis(afterMillis)).build()))
        .build();
  }

  private static com.google.protobuf.Duration millis(int millis) {
    return com.google.protobuf.Duration.newBuilder().setNanos(millis * 1_000_000).build();
  }

  private static int freePort() throws Exception {
    try (ServerSocket socket = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }
}
