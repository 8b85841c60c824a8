package dev.comms.grpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.comms.contract.Peer;
import dev.comms.grpc.Authority.Pair;
import dev.comms.spi.Envelope;
import dev.comms.spi.Health;
import dev.comms.spi.Transport;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509TrustManager;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Certificates are renewed under a running service, and nobody who calls notices. */
class RotationIT {
  private static final int ROTATIONS = 20;
  private static final Duration LOOK = Duration.ofMillis(50);

  @TempDir Path folder;
  private final Service service = new Service();
  private final Authority first = new Authority("first authority");
  private final AtomicReference<Peer> seen = new AtomicReference<>();
  private Path trusted;

  @BeforeEach
  void write() {
    trusted = folder.resolve("ca.pem");
    Authority.replace(trusted, first.pem());
    pair(first, 0).into(chain("server"), key("server"));
    identity(first, 0).into(chain("client"), key("client"));
  }

  @AfterEach
  void close() {
    service.close();
  }

  private static Pair pair(Authority by, int number) {
    return by.issue("server " + number, "localhost");
  }

  private static Pair identity(Authority by, int number) {
    return by.issue("client " + number, "spiffe://shop.test/orders/" + number);
  }

  private Path chain(String of) {
    return folder.resolve(of + ".pem");
  }

  private Path key(String of) {
    return folder.resolve(of + ".key");
  }

  private GrpcServer serve(Duration age) {
    return service.serve(
        GrpcServer.on(0)
            .tls(chain("server"), key("server"))
            .requireClients(trusted)
            .reloadEvery(LOOK)
            .maxConnectionAge(age),
        Service.ASK,
        Service.answering(
            (request, deadline) -> {
              seen.set(request.peer());
              return CompletableFuture.completedFuture(request);
            }));
  }

  private GrpcTransport connect(GrpcServer server) {
    return service.attach(
        GrpcTransport.to("localhost:" + port(server))
            .trusting(trusted)
            .identity(chain("client"), key("client"))
            .reloadEvery(LOOK));
  }

  private static int port(GrpcServer server) {
    String address = server.address();
    return Integer.parseInt(address.substring(address.lastIndexOf(':') + 1));
  }

  @Test
  void twentyRotationsUnderLoadFailNoCall() throws Exception {
    GrpcServer server = serve(Duration.ofSeconds(1));
    GrpcTransport client = connect(server);
    service.get(service.ask(client, "first"));
    AtomicBoolean enough = new AtomicBoolean();
    CompletableFuture<List<CompletableFuture<Envelope>>> load =
        CompletableFuture.supplyAsync(() -> load(client, enough));
    Authority second = new Authority("second authority");

    try {
      for (int i = 1; i <= ROTATIONS; i++) {
        if (i == ROTATIONS / 2) {
          trust(first.pem() + second.pem(), "2", server, client);
        }
        rotate(i < ROTATIONS / 2 ? first : second, i, server, client);
      }
      trust(second.pem(), "1", server, client);
      await().atMost(Service.LONG).until(() -> seen.get().name().endsWith("/" + ROTATIONS));
    } finally {
      enough.set(true);
    }

    List<CompletableFuture<Envelope>> calls = service.get(load);
    assertThat(calls).hasSizeGreaterThan(100);
    for (CompletableFuture<Envelope> call : calls) {
      assertThat(Service.text(service.get(call))).isEqualTo("under load");
    }
  }

  /** About 200 a second from one thread, and never more than 200 that wait. */
  private List<CompletableFuture<Envelope>> load(GrpcTransport client, AtomicBoolean enough) {
    List<CompletableFuture<Envelope>> calls = new ArrayList<>();
    Semaphore waiting = new Semaphore(200);
    while (!enough.get()) {
      if (waiting.tryAcquire()) {
        CompletableFuture<Envelope> call = service.ask(client, "under load");
        call.whenComplete((reply, failure) -> waiting.release());
        calls.add(call);
      }
      LockSupport.parkNanos(Duration.ofMillis(5).toNanos());
    }
    return calls;
  }

  private void rotate(Authority by, int number, GrpcServer server, GrpcTransport client)
      throws IOException, GeneralSecurityException {
    Pair pair = pair(by, number);
    pair.into(chain("server"), key("server"));
    Pair identity = identity(by, number);
    identity.into(chain("client"), key("client"));
    await().atMost(Service.LONG).until(() -> fact(server, "tlsSerial").equals(pair.serial()));
    await().atMost(Service.LONG).until(() -> fact(client, "tlsSerial").equals(identity.serial()));
    assertThat(serialShownTo(port(server))).isEqualTo(pair.serial());
  }

  private void trust(String anchors, String number, GrpcServer server, GrpcTransport client) {
    Authority.replace(trusted, anchors);
    await().atMost(Service.LONG).until(() -> fact(server, "tlsTrusted").equals(number));
    await().atMost(Service.LONG).until(() -> fact(client, "tlsTrusted").equals(number));
  }

  private static String fact(Transport transport, String name) {
    return transport.health().parts().get(0).facts().get(name);
  }

  /** By a handshake of its own, which has nothing to do with gRPC. */
  private static String serialShownTo(int port) throws IOException, GeneralSecurityException {
    SSLContext any = SSLContext.getInstance("TLS");
    any.init(null, new TrustManager[] {new TrustsAll()}, null);
    try (SSLSocket socket =
        (SSLSocket) any.getSocketFactory().createSocket(InetAddress.getLoopbackAddress(), port)) {
      socket.setSoTimeout((int) Service.LONG.toMillis());
      socket.startHandshake();
      X509Certificate shown = (X509Certificate) socket.getSession().getPeerCertificates()[0];
      return shown.getSerialNumber().toString(16);
    }
  }

  @Test
  void aPairThatDoesNotFitChangesNothingUntilItDoes() throws Exception {
    GrpcServer server = serve(Duration.ofMinutes(30));
    String before = fact(server, "tlsSerial");
    Pair next = pair(first, 1);

    try (Printed printed = new Printed()) {
      Authority.replace(chain("server"), next.chain());
      await()
          .atMost(Service.LONG)
          .until(() -> printed.text().contains("what was read before stays in use"));
      assertThat(printed.text())
          .contains(chain("server").toString(), key("server").toString())
          .doesNotContain("BEGIN")
          .doesNotContain(next.chain().substring(40, 90));
      assertThat(serialShownTo(port(server))).isEqualTo(before);

      Authority.replace(key("server"), next.key());
      await().atMost(Service.LONG).until(() -> fact(server, "tlsSerial").equals(next.serial()));
      assertThat(serialShownTo(port(server))).isEqualTo(next.serial());
    }
  }

  @Test
  void aCertificateThatEndsIsToldBeforeAndAfter() {
    try (Printed printed = new Printed()) {
      Pair short1 = first.issue("short", Instant.now().plus(Duration.ofMinutes(5)), "localhost");
      short1.into(chain("server"), key("server"));
      GrpcServer server = serve(Duration.ofMinutes(30));

      assertThat(printed.text()).contains("ends at").contains(chain("server").toString());
      assertThat(server.health().state()).isEqualTo(Health.State.UP);

      first
          .issue("ended", Instant.now().minus(Duration.ofMinutes(5)), "localhost")
          .into(chain("server"), key("server"));
      await().atMost(Service.LONG).until(() -> server.health().state() == Health.State.DOWN);
      assertThat(fact(server, "reason")).contains("certificate ended");

      pair(first, 7).into(chain("server"), key("server"));
      await().atMost(Service.LONG).until(() -> server.health().state() == Health.State.UP);
    }
  }

  private static final class TrustsAll implements X509TrustManager {
    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type) {}

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type) {}

    @Override
    public X509Certificate[] getAcceptedIssuers() {
      return new X509Certificate[0];
    }
  }
}
