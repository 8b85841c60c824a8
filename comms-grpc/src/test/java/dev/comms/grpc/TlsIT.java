package dev.comms.grpc;

import static org.assertj.core.api.Assertions.assertThat;

import dev.comms.contract.CommsException;
import dev.comms.contract.CommsException.Kind;
import dev.comms.contract.Effect;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.util.Base64;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** TLS is on unless told otherwise, and the server's name is checked. */
class TlsIT {
  private static final char[] PASSWORD = "throw-away".toCharArray();
  @TempDir static Path folder;
  private static Path certificate;
  private static Path key;

  private final Service service = new Service();

  @AfterEach
  void close() {
    service.close();
  }

  /** A certificate for localhost, and for nothing else. */
  @BeforeAll
  static void makeKeyPair() throws Exception {
    Path store = folder.resolve("keys.p12");
    Process keytool =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
                "-genkeypair",
                "-keyalg",
                "EC",
                "-groupname",
                "secp256r1",
                "-alias",
                "it",
                "-dname",
                "CN=localhost",
                "-ext",
                "san=dns:localhost",
                "-validity",
                "2",
                "-storetype",
                "PKCS12",
                "-keystore",
                store.toString(),
                "-storepass",
                new String(PASSWORD))
            .redirectErrorStream(true)
            .redirectOutput(folder.resolve("keytool.txt").toFile())
            .start();
    assertThat(keytool.waitFor()).as("keytool's exit code").isZero();
    KeyStore keys = read(store);
    certificate = pem("CERTIFICATE", keys.getCertificate("it").getEncoded());
    key = pem("PRIVATE KEY", keys.getKey("it", PASSWORD).getEncoded());
  }

  private static KeyStore read(Path store) throws IOException, GeneralSecurityException {
    KeyStore keys = KeyStore.getInstance("PKCS12");
    try (InputStream in = Files.newInputStream(store)) {
      keys.load(in, PASSWORD);
    }
    return keys;
  }

  private static Path pem(String kind, byte[] der) throws IOException {
    String body = Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(der);
    return Files.writeString(
        folder.resolve(kind.replace(' ', '-') + ".pem"),
        "-----BEGIN " + kind + "-----\n" + body + "\n-----END " + kind + "-----\n");
  }

  @Test
  void aTrustedServerOfTheRightNameAnswers() {
    GrpcTransport client = service.attach(client("localhost").trusting(certificate));

    assertThat(Service.text(service.get(service.ask(client, "hello")))).isEqualTo("hello");
  }

  @Test
  void aServerOfAnotherNameIsRefused() {
    GrpcTransport client = service.attach(client("127.0.0.1").trusting(certificate));

    CommsException refused = service.failure(service.ask(client, "hello"));

    assertThat(refused.kind()).isEqualTo(Kind.UNAVAILABLE);
    assertThat(refused.effect()).isEqualTo(Effect.NONE);
    assertThat(refused).hasMessageContaining("127.0.0.1");
  }

  @Test
  void aServerThatNobodyVouchesForIsRefused() {
    CommsException refused =
        service.failure(service.ask(service.attach(client("localhost")), "hello"));

    assertThat(refused.kind()).isEqualTo(Kind.UNAVAILABLE);
    assertThat(refused.effect()).isEqualTo(Effect.NONE);
  }

  @Test
  void aPlaintextClientDoesNotReachATlsServer() {
    GrpcTransport client = service.attach(client("localhost").plaintext());

    CommsException refused = service.failure(service.ask(client, "hello"));

    assertThat(refused.kind()).isEqualTo(Kind.UNAVAILABLE);
    assertThat(refused.effect()).isEqualTo(Effect.NONE);
  }

  @Test
  void aServerWithoutKeyPairDoesNotStart() {
    CommsException wrong = service.failure(GrpcServer.on(0).attach(service.host()));

    assertThat(wrong.kind()).isEqualTo(Kind.MISCONFIGURED);
    assertThat(wrong).hasMessageContaining("tls(").hasMessageContaining("plaintext()");
  }

  @Test
  void filesThatAreNoKeyPairAreNamed() {
    Path missing = folder.resolve("missing.pem");
    GrpcServer server = GrpcServer.on(0).tls(missing, key);

    CommsException wrong = service.failure(server.attach(service.host()));

    assertThat(wrong.kind()).isEqualTo(Kind.MISCONFIGURED);
    assertThat(wrong).hasMessageContaining("missing.pem");
  }

  @Test
  void filesWithSomethingElseInThemAreNamedOnBothSides() throws IOException {
    Path garbage = Files.writeString(folder.resolve("garbage.pem"), "no certificate");

    CommsException server =
        service.failure(GrpcServer.on(0).tls(garbage, garbage).attach(service.host()));
    CommsException client =
        service.failure(GrpcTransport.to("localhost:1").trusting(garbage).attach(service.host()));

    assertThat(server.kind()).isEqualTo(Kind.MISCONFIGURED);
    assertThat(server).hasMessageContaining("garbage.pem");
    assertThat(client.kind()).isEqualTo(Kind.MISCONFIGURED);
    assertThat(client).hasMessageContaining("garbage.pem");
  }

  @Test
  void aTargetThatIsNoneIsNamed() {
    CommsException wrong =
        service.failure(GrpcTransport.to("no such scheme://x").plaintext().attach(service.host()));

    assertThat(wrong.kind()).isEqualTo(Kind.MISCONFIGURED);
    assertThat(wrong).hasMessageContaining("no such scheme://x");
  }

  /** A client of a new TLS server, by this name. */
  private GrpcTransport client(String name) {
    GrpcServer server = GrpcServer.on(0).tls(certificate, key);
    server.answer(Map.of(Service.ASK, Service.echo()));
    service.attach(server);
    String address = server.address();
    return GrpcTransport.to(name + address.substring(address.lastIndexOf(':')));
  }
}
