package dev.comms.grpc;

import static org.assertj.core.api.Assertions.assertThat;

import dev.comms.contract.Call;
import dev.comms.contract.Codec;
import dev.comms.contract.CommsException;
import dev.comms.contract.CommsException.Kind;
import dev.comms.contract.Effect;
import dev.comms.spi.Envelope;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A peer that takes what it should not ends alone: all others are answered meanwhile. */
class HostileIT {
  private static final String ASK = Service.ASK.name();

  private final Service service = new Service();
  private final AtomicInteger handled = new AtomicInteger();
  @TempDir Path folder;

  @AfterEach
  void close() {
    service.close();
  }

  private GrpcServer serve(GrpcServer server) {
    return service.serve(
        server,
        Service.ASK,
        Service.answering(
            (request, deadline) -> {
              handled.incrementAndGet();
              return Service.text(request).equals("wait")
                  ? new CompletableFuture<>()
                  : CompletableFuture.completedFuture(request);
            }));
  }

  private static int port(GrpcServer server) {
    String address = server.address();
    return Integer.parseInt(address.substring(address.lastIndexOf(':') + 1));
  }

  private RawHttp2 raw(GrpcServer server) throws IOException {
    return service.owns(new RawHttp2(port(server)));
  }

  private void answers(GrpcTransport other) {
    assertThat(Service.text(service.get(service.ask(other, "hello")))).isEqualTo("hello");
  }

  @Test
  void whoResetsCallsWithoutEndIsCutOff() throws IOException {
    GrpcServer server = serve(GrpcServer.on(0).plaintext().maxConcurrentCallsPerConnection(20));
    GrpcTransport other = service.connect(server.address());
    answers(other);
    RawHttp2 hostile = raw(server);

    int sent = 0;
    try {
      while (sent < 100_000) {
        hostile.call(2 * sent + 1, ASK, Map.of());
        hostile.reset(2 * sent + 1);
        sent++;
      }
    } catch (SocketException cutOff) {
      // As it should be; on a slow machine all of it may be written before.
      assertThat(sent).isPositive();
    }

    answers(other);
    assertThat(end(hostile)).isIn(RawHttp2.ENHANCE_YOUR_CALM, RESET);
    assertThat(handled).as("only the other's").hasValue(2);
  }

  private static final int RESET = -1;

  /** The code of the last frame, or that the kernel threw it away with the connection. */
  private static int end(RawHttp2 hostile) throws IOException {
    int code = RESET;
    try {
      for (RawHttp2.Frame frame = hostile.read(); frame != null; frame = hostile.read()) {
        if (frame.type() == RawHttp2.GO_AWAY) {
          code = frame.payload().getInt(4);
        }
      }
    } catch (SocketException reset) {
      return code;
    }
    return code;
  }

  @Test
  void aFewResetsMoreThanTheBoundAreToldToBeCalm() throws IOException {
    GrpcServer server = serve(GrpcServer.on(0).plaintext().maxConcurrentCallsPerConnection(20));
    RawHttp2 hostile = raw(server);

    // Ten for each call that it may have in flight, and one more.
    for (int i = 0; i <= 200; i++) {
      hostile.call(2 * i + 1, ASK, Map.of());
      hostile.reset(2 * i + 1);
    }

    RawHttp2.Frame told = hostile.read(RawHttp2.GO_AWAY);
    assertThat(told.payload().getInt(4)).isEqualTo(RawHttp2.ENHANCE_YOUR_CALM);
    hostile.readToTheEnd();
  }

  @Test
  void whoCancelsAllHisCallsIsNotCutOff() {
    GrpcServer server = serve(GrpcServer.on(0).plaintext().maxConcurrentCallsPerConnection(20));
    GrpcTransport client = service.connect(server.address());
    for (int round = 0; round < 5; round++) {
      List<CompletableFuture<Envelope>> calls = new ArrayList<>();
      for (int i = 0; i < 15; i++) {
        calls.add(service.ask(client, "wait"));
      }
      calls.forEach(call -> call.cancel(true));
    }

    answers(client);
  }

  @Test
  void moreCallsThanTheBoundAreRefusedAndStreamsAreBoundedToo() throws IOException {
    GrpcServer server = serve(GrpcServer.on(0).plaintext().maxConcurrentCallsPerConnection(20));
    GrpcTransport other = service.connect(server.address());
    RawHttp2 hostile = raw(server);
    assertThat(settings(hostile.read(RawHttp2.SETTINGS))).isEqualTo(140);

    for (int i = 0; i < 200; i++) {
      hostile.call(2 * i + 1, ASK, Map.of());
    }

    // The first twenty are let in and wait for their bodies.
    assertThat(hostile.read(RawHttp2.HEADERS).stream()).isGreaterThan(40);
    answers(other);
    assertThat(handled).hasValue(1);
  }

  private static int settings(RawHttp2.Frame frame) {
    ByteBuffer payload = frame.payload();
    while (payload.hasRemaining()) {
      int id = payload.getShort();
      int value = payload.getInt();
      if (id == RawHttp2.MAX_CONCURRENT_STREAMS) {
        return value;
      }
    }
    return 0;
  }

  @Test
  void metadataAboveTheBoundAreRefusedAndTheServerGoesOn() throws IOException {
    GrpcServer server = serve(GrpcServer.on(0).plaintext());
    GrpcTransport other = service.connect(server.address());
    answers(other);
    RawHttp2 hostile = raw(server);

    hostile.call(1, ASK, Map.of("large", "x".repeat(9 * 1024)));
    hostile.data(1, new byte[5], true);

    RawHttp2.Frame refused = hostile.read();
    while (refused != null
        && refused.type() != RawHttp2.RST_STREAM
        && refused.type() != RawHttp2.HEADERS
        && refused.type() != RawHttp2.GO_AWAY) {
      refused = hostile.read();
    }
    answers(other);
    assertThat(handled).as("only the other's").hasValue(2);
    assertThat(refused).isNotNull();
  }

  @Test
  void aMessageThatOnlyClaimsToBeLargeIsRefusedBeforeItIsThere() throws IOException {
    GrpcServer server = serve(GrpcServer.on(0).plaintext());
    GrpcTransport other = service.connect(server.address());
    RawHttp2 hostile = raw(server);

    hostile.call(1, ASK, Map.of());
    // Not compressed, and of 1 GiB less a byte.
    hostile.data(1, new byte[] {0, 0x3f, -1, -1, -1, 1, 2, 3}, false);

    RawHttp2.Frame refused = hostile.read(RawHttp2.HEADERS);
    assertThat(refused.stream()).isEqualTo(1);
    answers(other);
    assertThat(handled).hasValue(1);
  }

  @Test
  void whoSaysNothingIsCutOffWithAndWithoutTls() throws IOException {
    Authority authority = new Authority("authority");
    authority
        .issue("localhost", "localhost")
        .into(folder.resolve("chain.pem"), folder.resolve("key.pem"));
    // Long enough for the others' handshakes, also on a machine that is busy.
    Duration most = Duration.ofSeconds(2);
    GrpcServer plain = serve(GrpcServer.on(0).plaintext().handshakeWithin(most));
    GrpcServer tls =
        serve(
            GrpcServer.on(0)
                .tls(folder.resolve("chain.pem"), folder.resolve("key.pem"))
                .handshakeWithin(most));
    GrpcTransport other = service.connect(plain.address());
    answers(other);

    List<Socket> silent = new ArrayList<>();
    for (GrpcServer server : List.of(plain, tls)) {
      silent.add(service.owns(new Socket(InetAddress.getLoopbackAddress(), port(server))));
    }
    for (Socket one : silent) {
      one.setSoTimeout((int) Service.LONG.toMillis());
      // The plain server sends its settings first; what matters is that this ends.
      one.getInputStream().readAllBytes();
    }

    answers(other);
  }

  /** Such as a balancer's probe: gRPC tells of its end, and never of its beginning. */
  @Test
  void whoConnectsAndGoesLeavesNothingBehind() throws IOException {
    GrpcServer server = serve(GrpcServer.on(0).plaintext());
    GrpcTransport other = service.connect(server.address());
    answers(other);
    for (int i = 0; i < 20; i++) {
      new Socket(InetAddress.getLoopbackAddress(), port(server)).close();
    }
    answers(other);
    other.close();

    long begun = System.nanoTime();
    server.close();
    // A connection that is left would hold up the close for as long as it may take: 3 s.
    assertThat(Duration.ofNanos(System.nanoTime() - begun)).isLessThan(Duration.ofMillis(2_500));
  }

  @Test
  void whoNamesNoDeadlineAndDoesNotEndItsRequestIsEndedByTheContractsLimit() throws IOException {
    Call<byte[], byte[]> brief =
        Call.named("hostile.Brief/Ask", Codec.bytes(), Codec.bytes())
            .answeredWithin(Duration.ofMillis(300));
    GrpcServer server =
        service.serve(
            GrpcServer.on(0).plaintext(),
            brief,
            Service.answering((request, deadline) -> CompletableFuture.completedFuture(request)));
    RawHttp2 hostile = raw(server);

    hostile.call(1, brief.name(), Map.of());
    hostile.data(1, new byte[5], false);

    assertThat(hostile.read(RawHttp2.HEADERS).stream()).isEqualTo(1);
  }

  @Test
  void aTokenThatDoesNotFitBesideTheHeadersIsNamed() {
    GrpcServer server = serve(GrpcServer.on(0).plaintext());
    GrpcTransport client =
        service.attach(
            GrpcTransport.to(server.address())
                .plaintext()
                .bearerEvenOnPlaintext(
                    () -> CompletableFuture.completedFuture("t".repeat(6 * 1024))));
    Envelope large = Service.envelope("q").header("large", "x".repeat(4 * 1024));

    CommsException refused =
        service.failure(client.call(Service.ASK, large, service.in(Service.LONG)));

    assertThat(refused.kind()).isEqualTo(Kind.MALFORMED);
    assertThat(refused.effect()).isEqualTo(Effect.NONE);
    assertThat(refused).hasMessageContaining("8 KiB");
    answers(service.connect(server.address()));
    assertThat(handled).hasValue(1);
  }
}
