package dev.comms.grpc;

import static org.assertj.core.api.Assertions.assertThat;

import dev.comms.Calls;
import dev.comms.Comms;
import dev.comms.contract.CommsException;
import dev.comms.contract.CommsException.Kind;
import dev.comms.contract.Effect;
import dev.comms.contract.Peer;
import dev.comms.spi.Envelope;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Both sides show a certificate, and the handler knows whose the client's was. */
class MutualTlsIT {
  private static final String SPIFFE = "spiffe://shop.test/orders";
  private static final Authority OURS = new Authority("our authority");
  private static final Authority THEIRS = new Authority("another authority");

  @TempDir Path folder;
  private final Service service = new Service();
  private final AtomicReference<Peer> seen = new AtomicReference<>();
  private Path trusted;

  @BeforeEach
  void write() {
    trusted = folder.resolve("ca.pem");
    Authority.replace(trusted, OURS.pem());
    OURS.issue("localhost", "localhost").into(chain("server"), key("server"));
  }

  @AfterEach
  void close() {
    service.close();
  }

  private Path chain(String of) {
    return folder.resolve(of + ".pem");
  }

  private Path key(String of) {
    return folder.resolve(of + ".key");
  }

  private GrpcServer server() {
    return GrpcServer.on(0).tls(chain("server"), key("server")).requireClients(trusted);
  }

  private GrpcServer served() {
    return service.serve(
        server(),
        Service.ASK,
        Service.answering(
            (request, deadline) -> {
              seen.set(request.peer());
              return CompletableFuture.completedFuture(request);
            }));
  }

  private GrpcTransport to(GrpcServer server) {
    String address = server.address();
    return GrpcTransport.to("localhost" + address.substring(address.lastIndexOf(':')))
        .trusting(trusted);
  }

  @Test
  void theClientsCertificateSaysWhoCalls() {
    OURS.issue("orders", "orders.shop.test", SPIFFE).into(chain("client"), key("client"));
    GrpcTransport client = service.attach(to(served()).identity(chain("client"), key("client")));

    Envelope reply = service.get(service.ask(client, "hello"));

    assertThat(Service.text(reply)).isEqualTo("hello");
    assertThat(seen.get().name()).as("a URI goes before host names").isEqualTo(SPIFFE);
    assertThat(seen.get().names()).containsExactly(SPIFFE, "orders.shop.test");
    assertThat(client.health().parts().get(0).facts()).containsKey("tlsExpires");
  }

  @Test
  void aCertificateWithoutAlternativeNamesIsKnownByItsSubject() {
    OURS.issue("orders").into(chain("client"), key("client"));

    service.get(
        service.ask(
            service.attach(to(served()).identity(chain("client"), key("client"))), "hello"));

    assertThat(seen.get()).isEqualTo(Peer.named("CN=orders"));
  }

  @Test
  void aClientWithoutCertificateIsRefused() {
    refused(to(served()));
  }

  @Test
  void aClientWhomNobodyVouchesForIsRefused() {
    THEIRS.issue("orders", SPIFFE).into(chain("client"), key("client"));

    refused(to(served()).identity(chain("client"), key("client")));
  }

  private void refused(GrpcTransport transport) {
    GrpcTransport client = service.attach(transport);

    CommsException refused = service.failure(service.ask(client, "hello"));

    assertThat(refused.kind()).isEqualTo(Kind.UNAVAILABLE);
    assertThat(refused.effect()).isEqualTo(Effect.NONE);
    assertThat(seen).hasNullValue();
  }

  @Test
  void aKeyThatIsNotTheCertificatesIsRefusedAtTheStart() {
    OURS.issue("localhost", "localhost").into(chain("other"), key("other"));

    CommsException wrong =
        service.failure(GrpcServer.on(0).tls(chain("server"), key("other")).attach(service.host()));

    assertThat(wrong.kind()).isEqualTo(Kind.MISCONFIGURED);
    assertThat(wrong)
        .hasMessageContaining(chain("server").toString())
        .hasMessageContaining(key("other").toString());
  }

  @Test
  void theHandlersContextKnowsThePeer() {
    OURS.issue("orders", SPIFFE).into(chain("client"), key("client"));
    AtomicReference<Peer> inContext = new AtomicReference<>();
    GrpcServer listening = server();
    try (Comms serving = Comms.service("it-server", new SimpleMeterRegistry()).build();
        Comms calling = Comms.service("it-client", new SimpleMeterRegistry()).build()) {
      serving
          .serve(listening)
          .answer(
              Service.ASK,
              (request, context) -> {
                inContext.set(context.peer());
                return request;
              });
      serving.start();
      Calls calls = calling.calls(to(listening).identity(chain("client"), key("client")));
      calling.start();

      calls.call(Service.ASK, new byte[] {1});
    }

    assertThat(inContext.get()).isNotNull().extracting(Peer::name).isEqualTo(SPIFFE);
  }
}
