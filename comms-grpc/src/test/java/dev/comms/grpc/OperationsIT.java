package dev.comms.grpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.comms.contract.Call;
import dev.comms.contract.CommsException;
import dev.comms.contract.CommsException.Kind;
import dev.comms.contract.Effect;
import dev.comms.spi.Envelope;
import io.grpc.CallOptions;
import io.grpc.Grpc;
import io.grpc.InsecureChannelCredentials;
import io.grpc.ManagedChannel;
import io.grpc.channelz.v1.ChannelzGrpc;
import io.grpc.channelz.v1.GetServerRequest;
import io.grpc.channelz.v1.GetServerResponse;
import io.grpc.channelz.v1.GetServersRequest;
import io.grpc.reflection.v1.ServerReflectionGrpc;
import io.grpc.reflection.v1.ServerReflectionRequest;
import io.grpc.reflection.v1.ServerReflectionResponse;
import io.grpc.reflection.v1.ServiceResponse;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.StreamObserver;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnknownHostException;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What an operator switches on: compression, the access log, reflection and channelz. */
class OperationsIT {
  private static final String TRACE = "0af7651916cd43dd8448eb211c80319c";
  private static final Call<GetServerRequest, GetServerResponse> GENERATED =
      GrpcCall.unary(ChannelzGrpc.getGetServerMethod()).answeredWithin(Service.LONG);
  private static final byte[] REPETITIVE = new byte[100_000];

  private final Service service = new Service();

  @AfterEach
  void close() {
    service.close();
  }

  @Test
  void whatIsCompressedIsSmallOnTheWireAndWholeAtTheOtherEnd() {
    try (Captured log = new Captured()) {
      GrpcServer server = echoing(GrpcServer.on(0).plaintext().compressed().accessLog(1));
      GrpcTransport plain = service.connect(server.address());
      GrpcTransport compressing =
          service.attach(GrpcTransport.to(server.address()).plaintext().compressed());

      assertThat(service.get(ask(plain, REPETITIVE)).body()).isEqualTo(REPETITIVE);
      assertThat(service.get(ask(compressing, REPETITIVE)).body()).isEqualTo(REPETITIVE);
      assertThat(service.get(ask(compressing, new byte[10])).body()).hasSize(10);

      await().atMost(Service.LONG).until(() -> lines(log).size() == 3);
      assertThat(number(lines(log).get(0), "in")).isGreaterThanOrEqualTo(100_000);
      assertThat(number(lines(log).get(0), "out")).isLessThan(5_000);
      assertThat(number(lines(log).get(1), "in")).isLessThan(5_000);
      assertThat(number(lines(log).get(1), "out")).isLessThan(5_000);
      assertThat(number(lines(log).get(2), "in")).as("too small to be worth it").isEqualTo(10);
    }
  }

  @Test
  void whatBecomesTooLargeWhenItIsReadIsRefusedByEitherSide() {
    GrpcServer small = echoing(GrpcServer.on(0).plaintext());
    GrpcTransport sends =
        service.attach(
            GrpcTransport.to(small.address()).plaintext().compressed().maxMessageBytes(8 << 20));
    GrpcServer bomb =
        service.serve(
            GrpcServer.on(0).plaintext().compressed().maxMessageBytes(8 << 20),
            Service.ASK,
            Service.answering(
                (request, deadline) ->
                    CompletableFuture.completedFuture(envelope(new byte[6 << 20]))));
    GrpcTransport receives = service.connect(bomb.address());

    CommsException request = service.failure(ask(sends, new byte[6 << 20]));
    CommsException reply = service.failure(service.ask(receives, "q"));

    assertThat(request.kind()).isEqualTo(Kind.MALFORMED);
    assertThat(request).hasMessageContaining("maxMessageBytes");
    assertThat(reply.kind()).isEqualTo(Kind.MALFORMED);
    assertThat(reply).hasMessageContaining("maxMessageBytes");
    assertThat(Service.text(service.get(service.ask(sends, "still there"))))
        .isEqualTo("still there");
  }

  @Test
  void eachCallIsOneLineWithoutAnythingOfItsContent() {
    try (Captured log = new Captured()) {
      GrpcServer server =
          service.serve(
              GrpcServer.on(0).plaintext().accessLog(1),
              Service.ASK,
              Service.answering(
                  (request, deadline) ->
                      CompletableFuture.failedFuture(
                          new CommsException.Overloaded(
                              CommsException.Facts.of(Service.ASK.name())
                                  .effect(Effect.NONE)
                                  .message("too much")))));
      GrpcTransport client = service.connect(server.address());
      Envelope request =
          Service.envelope("s3cret")
              .headers(
                  Map.of(
                      "traceparent",
                      "00-" + TRACE + "-b7ad6b7169203331-01",
                      "comms-attempt",
                      "2",
                      "tenant",
                      "s3cret"));

      service.failure(client.call(Service.ASK, request, service.in(Service.LONG)));

      await().atMost(Service.LONG).until(() -> !lines(log).isEmpty());
      assertThat(lines(log)).hasSize(1);
      assertThat(lines(log).get(0))
          .containsPattern(
              "method=it.Service/Ask peer=127.0.0.1:\\d+ status=RESOURCE_EXHAUSTED"
                  + " ms=\\d+\\.\\d{3} in=6 out=0 attempt=2 trace="
                  + TRACE)
          .doesNotContain("s3cret");
    }
  }

  @Test
  void aShareOfNothingWritesNothingAndWhatIsAskedOfNobodyCannotForgeALine() {
    try (Captured log = new Captured()) {
      GrpcTransport silent = service.connect(echoing(GrpcServer.on(0).plaintext()).address());
      GrpcServer server = echoing(GrpcServer.on(0).plaintext().accessLog(1));
      service.get(service.ask(silent, "q"));

      assertThatThrownBy(() -> ask(channel(server), "it.Service/Un known\u00e9"))
          .hasMessageContaining("UNIMPLEMENTED");

      await().atMost(Service.LONG).until(() -> !lines(log).isEmpty());
      assertThat(lines(log)).hasSize(1);
      assertThat(lines(log).get(0)).contains("status=UNIMPLEMENTED").doesNotContain("Un known");
    }
  }

  @Test
  void reflectionIsOffUnlessSwitchedOnAndTellsOfGeneratedMethods() {
    GrpcServer closed = service.serve(GENERATED, Service.echo());
    GrpcServer open =
        service.serve(GrpcServer.on(0).plaintext().reflection(), GENERATED, Service.echo());

    assertThatThrownBy(() -> service.get(reflect(closed))).hasMessageContaining("UNIMPLEMENTED");
    assertThat(
            service.get(reflect(open)).getListServicesResponse().getServiceList().stream()
                .map(ServiceResponse::getName))
        .contains("grpc.channelz.v1.Channelz", "grpc.health.v1.Health");
  }

  @Test
  void reflectionWithoutGeneratedMethodsSaysSo() {
    try (Captured log = new Captured()) {
      echoing(GrpcServer.on(0).plaintext().reflection());

      assertThat(log.lines("nothing to show")).hasSize(1);
    }
  }

  @Test
  void channelzIsOffUnlessSwitchedOnWithAWarningAndOnlyForThisMachine()
      throws UnknownHostException {
    GrpcServer closed = echoing(GrpcServer.on(0).plaintext());
    try (Captured log = new Captured()) {
      GrpcServer open = echoing(GrpcServer.on(0).plaintext().channelz());

      assertThat(log.lines("channelz is on")).hasSize(1);
      assertThat(servers(open)).isPositive();
    }
    assertThatThrownBy(() -> servers(closed)).hasMessageContaining("UNIMPLEMENTED");
    assertThat(Curiosity.here(peer(10, 0, 0, 1))).isFalse();
    assertThat(Curiosity.here(InetSocketAddress.createUnresolved("localhost", 1))).isFalse();
    assertThat(Curiosity.here(null)).isFalse();
    assertThat(Curiosity.here(peer(127, 0, 0, 1))).isTrue();
  }

  private static SocketAddress peer(int... bytes) throws UnknownHostException {
    byte[] address = new byte[bytes.length];
    for (int i = 0; i < bytes.length; i++) {
      address[i] = (byte) bytes[i];
    }
    return new InetSocketAddress(InetAddress.getByAddress(address), 1);
  }

  private int servers(GrpcServer server) {
    return ChannelzGrpc.newBlockingStub(channel(server))
        .getServers(GetServersRequest.getDefaultInstance())
        .getServerCount();
  }

  private CompletableFuture<ServerReflectionResponse> reflect(GrpcServer server) {
    CompletableFuture<ServerReflectionResponse> answer = new CompletableFuture<>();
    StreamObserver<ServerReflectionRequest> asking =
        ServerReflectionGrpc.newStub(channel(server))
            .serverReflectionInfo(
                new StreamObserver<>() {
                  @Override
                  public void onNext(ServerReflectionResponse response) {
                    answer.complete(response);
                  }

                  @Override
                  public void onError(Throwable failure) {
                    answer.completeExceptionally(failure);
                  }

                  @Override
                  public void onCompleted() {
                    answer.completeExceptionally(new AssertionError("it said nothing"));
                  }
                });
    asking.onNext(ServerReflectionRequest.newBuilder().setListServices("").build());
    asking.onCompleted();
    return answer;
  }

  private GrpcServer echoing(GrpcServer server) {
    return service.serve(server, Service.ASK, Service.echo());
  }

  private CompletableFuture<Envelope> ask(GrpcTransport client, byte[] body) {
    return client.call(Service.ASK, envelope(body), service.in(Service.LONG));
  }

  private static Envelope envelope(byte[] body) {
    return Envelope.of("id", Service.ASK.name(), "text/plain", Instant.now(), body);
  }

  private static byte[] ask(ManagedChannel channel, String method) {
    return ClientCalls.blockingUnaryCall(
        channel,
        Service.FOREIGN.toBuilder().setFullMethodName(method).build(),
        CallOptions.DEFAULT,
        new byte[0]);
  }

  private ManagedChannel channel(GrpcServer server) {
    ManagedChannel channel =
        Grpc.newChannelBuilder(server.address(), InsecureChannelCredentials.create()).build();
    service.owns(() -> channel.shutdownNow().awaitTermination(5, TimeUnit.SECONDS));
    return channel;
  }

  private static List<String> lines(Captured log) {
    return log.lines("dev.comms.grpc.access");
  }

  private static int number(String line, String key) {
    return Integer.parseInt(line.replaceAll(".* " + key + "=(\\d+).*", "$1"));
  }
}
