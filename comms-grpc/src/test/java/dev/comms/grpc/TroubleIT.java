package dev.comms.grpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.comms.contract.CommsException;
import dev.comms.contract.CommsException.Kind;
import dev.comms.contract.Effect;
import dev.comms.contract.Fault;
import dev.comms.spi.CallServer.Answerer;
import dev.comms.spi.Envelope;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What is said of a call whose peer is not there, goes away, or is full. */
class TroubleIT {
  private final Service service = new Service();

  @AfterEach
  void close() {
    service.close();
  }

  @Test
  void aBlackHoleEndsAtTheDeadlineAndHadNoEffect() throws IOException {
    // The kernel accepts, and nobody ever answers.
    ServerSocket hole = service.owns(new ServerSocket(0, 50, InetAddress.getLoopbackAddress()));
    GrpcTransport client = service.connect("127.0.0.1:" + hole.getLocalPort());
    askFor(client, Duration.ofMillis(50));

    long begun = service.time.nanos();
    CommsException late = askFor(client, Duration.ofMillis(500));
    Duration took = Duration.ofNanos(service.time.nanos() - begun);

    assertThat(late.kind()).isEqualTo(Kind.DEADLINE_EXCEEDED);
    assertThat(late.effect()).isEqualTo(Effect.NONE);
    assertThat(took).isBetween(Duration.ofMillis(495), Duration.ofMillis(750));
  }

  private CommsException askFor(GrpcTransport client, Duration limit) {
    return service.failure(client.call(Service.ASK, Service.envelope("q"), service.in(limit)));
  }

  @Test
  void aRefusedConnectionHadNoEffectAndIsTheNetworksFault() throws IOException {
    int port = freePort();
    GrpcTransport client = service.connect("127.0.0.1:" + port);

    CommsException refused = service.failure(service.ask(client, "q"));

    assertThat(refused.kind()).isEqualTo(Kind.UNAVAILABLE);
    assertThat(refused.effect()).isEqualTo(Effect.NONE);
    assertThat(refused.fault()).isEqualTo(Fault.NETWORK);
    assertThat(refused).hasMessageContaining("127.0.0.1:" + port).hasMessageContaining("refused");
  }

  @Test
  void aDownloadIsNotOpenedWhenTheConnectionIsRefused() throws IOException {
    GrpcTransport client = service.connect("127.0.0.1:" + freePort());

    CommsException refused =
        service.failure(
            client.open(Service.WATCH, Service.envelope("q"), service.in(Service.LONG)));

    assertThat(refused.kind()).isEqualTo(Kind.UNAVAILABLE);
    assertThat(refused.effect()).isEqualTo(Effect.NONE);
  }

  @Test
  void aHostThatDoesNotExistHadNoEffect() {
    GrpcTransport client = service.connect("dns:///no-such-host.invalid:50051");

    CommsException unknown = service.failure(service.ask(client, "q"));

    assertThat(unknown.effect()).isEqualTo(Effect.NONE);
    assertThat(unknown).hasMessageContaining("no-such-host.invalid");
  }

  @Test
  void aServerThatClosesMidCallMayHaveActed() {
    CompletableFuture<Void> reached = new CompletableFuture<>();
    CompletableFuture<Envelope> handler = new CompletableFuture<>();
    GrpcServer server = service.serve(Service.ASK, holding(reached, handler));
    GrpcTransport client = service.connect(server.address());
    CompletableFuture<Envelope> call = service.ask(client, "q");
    service.get(reached);

    server.close();

    CommsException broken = service.failure(call);
    assertThat(broken.kind()).isEqualTo(Kind.UNAVAILABLE);
    assertThat(broken.effect()).isEqualTo(Effect.POSSIBLE);
    await().atMost(Service.LONG).until(handler::isCancelled);
  }

  @Test
  void aConnectionThatIsResetMidCallMayHaveReachedTheServer() throws IOException {
    CompletableFuture<Void> reached = new CompletableFuture<>();
    CompletableFuture<Envelope> handler = new CompletableFuture<>();
    GrpcServer server = service.serve(Service.ASK, holding(reached, handler));
    Relay relay = service.owns(new Relay(port(server)));
    GrpcTransport client = service.connect(relay.address());
    CompletableFuture<Envelope> call = service.ask(client, "q");
    service.get(reached);

    relay.cut();

    CommsException broken = service.failure(call);
    assertThat(broken.kind()).isEqualTo(Kind.UNAVAILABLE);
    assertThat(broken.effect()).isEqualTo(Effect.POSSIBLE);
    await().atMost(Service.LONG).until(handler::isCancelled);
    CommsException next = service.failure(service.ask(client, "q"));
    assertThat(next.effect()).as("nothing listens any more").isEqualTo(Effect.NONE);
  }

  @Test
  void aDrainThatRunsOutOfTimeTellsTheCallerAndCallsTheHandlerOff() {
    CompletableFuture<Void> reached = new CompletableFuture<>();
    CompletableFuture<Envelope> handler = new CompletableFuture<>();
    GrpcServer server = service.serve(Service.ASK, holding(reached, handler));
    GrpcTransport client = service.connect(server.address());
    CompletableFuture<Envelope> call = service.ask(client, "q");
    service.get(reached);

    service.get(server.drain(service.in(Duration.ofMillis(200))));

    CommsException aborted = service.failure(call);
    assertThat(aborted.kind()).isEqualTo(Kind.OVERLOADED);
    assertThat(aborted.effect()).isEqualTo(Effect.POSSIBLE);
    assertThat(handler).isCancelled();
  }

  @Test
  void aConnectionThatHasItsFillIsRefusedMoreWithoutEffect() {
    CompletableFuture<Void> reached = new CompletableFuture<>();
    CompletableFuture<Envelope> handler = new CompletableFuture<>();
    GrpcServer server =
        service.serve(
            GrpcServer.on(0).plaintext().maxConcurrentCallsPerConnection(1),
            Service.ASK,
            holding(reached, handler));
    GrpcTransport client = service.connect(server.address());
    CompletableFuture<Envelope> first = service.ask(client, "first");
    service.get(reached);

    CommsException refused = service.failure(service.ask(client, "second"));

    assertThat(refused.kind()).isEqualTo(Kind.OVERLOADED);
    assertThat(refused.effect()).isEqualTo(Effect.NONE);
    handler.complete(Service.envelope("done"));
    service.get(first);
    await()
        .atMost(Service.LONG)
        .ignoreExceptions()
        .until(() -> Service.text(service.get(service.ask(client, "third"))).equals("done"));
  }

  @Test
  void aConnectionThatIsMadeAnewLosesNoCall() {
    GrpcServer server =
        service.serve(
            GrpcServer.on(0).plaintext().maxConnectionAge(Duration.ofSeconds(1)),
            Service.ASK,
            Service.echo());
    GrpcTransport client = service.connect(server.address());
    long end = service.time.nanos() + Duration.ofSeconds(3).toNanos();

    int calls = 0;
    while (service.time.nanos() < end) {
      assertThat(Service.text(service.get(service.ask(client, "n" + calls)))).startsWith("n");
      calls++;
    }

    assertThat(calls).isGreaterThan(10);
  }

  @Test
  void aPortInUseIsNamed() throws IOException {
    ServerSocket taken = service.owns(new ServerSocket(0));
    GrpcServer server = GrpcServer.on(taken.getLocalPort()).plaintext();
    server.answer(Map.of(Service.ASK, Service.echo()));

    CommsException wrong = service.failure(server.attach(service.host()));

    assertThat(wrong.kind()).isEqualTo(Kind.MISCONFIGURED);
    assertThat(wrong).hasMessageContaining(String.valueOf(taken.getLocalPort()));
    assertThat(wrong.getMessage()).doesNotContain("\n");
  }

  private static Answerer holding(
      CompletableFuture<Void> reached, CompletableFuture<Envelope> handler) {
    return Service.answering(
        (request, deadline) -> {
          reached.complete(null);
          return handler;
        });
  }

  private static int port(GrpcServer server) {
    String address = server.address();
    return Integer.parseInt(address.substring(address.lastIndexOf(':') + 1));
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }
}
