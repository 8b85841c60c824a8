package dev.comms.grpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.comms.contract.Code;
import dev.comms.contract.CommsException;
import dev.comms.contract.CommsException.Kind;
import dev.comms.contract.Effect;
import dev.comms.spi.Envelope;
import io.grpc.CallOptions;
import io.grpc.Grpc;
import io.grpc.InsecureChannelCredentials;
import io.grpc.InsecureServerCredentials;
import io.grpc.ManagedChannel;
import io.grpc.MethodDescriptor;
import io.grpc.Server;
import io.grpc.ServerServiceDefinition;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.health.v1.HealthCheckRequest;
import io.grpc.health.v1.HealthCheckResponse;
import io.grpc.health.v1.HealthCheckResponse.ServingStatus;
import io.grpc.health.v1.HealthGrpc;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.ServerCalls;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Peers that know only gRPC, on either side. */
class ForeignIT {
  private final Service service = new Service();

  @AfterEach
  void close() {
    service.close();
  }

  @Test
  void aForeignClientIsAnswered() {
    ManagedChannel channel = channel(service.serve(Service.ASK, Service.echo()));

    byte[] reply = ask(channel, Service.FOREIGN, "hello");

    assertThat(reply).asString(StandardCharsets.UTF_8).isEqualTo("hello");
  }

  @Test
  void aForeignClientWithoutDeadlineGetsTheContractsLimit() {
    AtomicReference<Duration> seen = new AtomicReference<>();
    ManagedChannel channel =
        channel(
            service.serve(
                Service.ASK,
                Service.answering(
                    (request, deadline) -> {
                      seen.set(deadline.remaining());
                      return CompletableFuture.completedFuture(request);
                    })));

    ask(channel, Service.FOREIGN, "hello");

    assertThat(seen.get()).isBetween(Duration.ofSeconds(1), Service.LONG);
  }

  @Test
  void aForeignClientSeesTheStatusOfTheCodesName() {
    ManagedChannel channel =
        channel(
            service.serve(
                Service.ASK,
                Service.answering(
                    (request, deadline) ->
                        CompletableFuture.failedFuture(
                            new CommsException.Rejected(Code.NOT_FOUND, "unknown product 7")))));

    assertThatThrownBy(() -> ask(channel, Service.FOREIGN, "hello"))
        .isInstanceOf(StatusRuntimeException.class)
        .hasMessage("NOT_FOUND: unknown product 7");
  }

  @Test
  void anUnknownMethodIsUnimplementedByName() {
    ManagedChannel channel = channel(service.serve(Service.ASK, Service.echo()));
    MethodDescriptor<byte[], byte[]> unknown =
        Service.FOREIGN.toBuilder().setFullMethodName("it.Service/Unknown").build();

    assertThatThrownBy(() -> ask(channel, unknown, "hello"))
        .hasMessageContaining("UNIMPLEMENTED")
        .hasMessageContaining("it.Service/Unknown");
  }

  @Test
  void theHealthServiceSaysServingAndNotServingFirstAtADrain() {
    CompletableFuture<Envelope> handler = new CompletableFuture<>();
    CompletableFuture<Void> reached = new CompletableFuture<>();
    GrpcServer server =
        service.serve(
            GrpcServer.on(0).plaintext().announcedFor(Duration.ofSeconds(1)),
            Service.ASK,
            Service.answering(
                (request, deadline) -> {
                  reached.complete(null);
                  return handler;
                }));
    List<ServingStatus> seen = new CopyOnWriteArrayList<>();
    HealthGrpc.newStub(channel(server))
        .watch(HealthCheckRequest.newBuilder().setService("it.Service").build(), collecting(seen));
    await().atMost(Service.LONG).until(() -> seen.contains(ServingStatus.SERVING));

    CompletableFuture<Void> drained = server.drain(service.in(Service.LONG));

    await().atMost(Service.LONG).until(() -> seen.contains(ServingStatus.NOT_SERVING));
    assertThat(drained).as("the port is still open while it is announced").isNotDone();
    service.get(drained);
  }

  private static StreamObserver<HealthCheckResponse> collecting(List<ServingStatus> seen) {
    return new StreamObserver<>() {
      @Override
      public void onNext(HealthCheckResponse response) {
        seen.add(response.getStatus());
      }

      @Override
      public void onError(Throwable ended) {
        seen.add(ServingStatus.UNKNOWN);
      }

      @Override
      public void onCompleted() {
        seen.add(ServingStatus.UNKNOWN);
      }
    };
  }

  @Test
  void aForeignServerAnswersUs() throws IOException {
    GrpcTransport client =
        foreign(
            (request, out) -> {
              out.onNext(request);
              out.onCompleted();
            });

    assertThat(Service.text(service.get(service.ask(client, "hello")))).isEqualTo("hello");
  }

  @Test
  void aForeignServersStatusIsUnderstood() throws IOException {
    GrpcTransport client =
        foreign(
            (request, out) ->
                out.onError(
                    Status.fromCode(
                            Status.Code.valueOf(new String(request, StandardCharsets.UTF_8)))
                        .withDescription("why")
                        .asException()));

    expect(client, "UNAVAILABLE", Kind.UNAVAILABLE, Effect.POSSIBLE);
    expect(client, "CANCELLED", Kind.UNAVAILABLE, Effect.POSSIBLE);
    expect(client, "UNKNOWN", Kind.FAILED, Effect.POSSIBLE);
    expect(client, "RESOURCE_EXHAUSTED", Kind.OVERLOADED, Effect.POSSIBLE);
    expect(client, "NOT_FOUND", Kind.REJECTED, Effect.NONE);
  }

  private void expect(GrpcTransport client, String status, Kind kind, Effect effect) {
    CommsException failure = service.failure(service.ask(client, status));
    assertThat(failure.kind()).as(status).isEqualTo(kind);
    assertThat(failure.effect()).as(status).isEqualTo(effect);
    assertThat(failure).hasMessageContaining("why");
  }

  private GrpcTransport foreign(ServerCalls.UnaryMethod<byte[], byte[]> answer) throws IOException {
    Server server =
        Grpc.newServerBuilderForPort(0, InsecureServerCredentials.create())
            .addService(
                ServerServiceDefinition.builder("it.Service")
                    .addMethod(Service.FOREIGN, ServerCalls.asyncUnaryCall(answer))
                    .build())
            .build()
            .start();
    service.owns(() -> server.shutdownNow().awaitTermination(5, TimeUnit.SECONDS));
    return service.connect("127.0.0.1:" + server.getPort());
  }

  private ManagedChannel channel(GrpcServer server) {
    ManagedChannel channel =
        Grpc.newChannelBuilder(server.address(), InsecureChannelCredentials.create()).build();
    service.owns(() -> channel.shutdownNow().awaitTermination(5, TimeUnit.SECONDS));
    return channel;
  }

  private static byte[] ask(
      ManagedChannel channel, MethodDescriptor<byte[], byte[]> method, String text) {
    return ClientCalls.blockingUnaryCall(
        channel, method, CallOptions.DEFAULT, text.getBytes(StandardCharsets.UTF_8));
  }
}
