package dev.comms.grpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.comms.contract.CommsException;
import dev.comms.contract.Deadline;
import dev.comms.contract.Time;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

class SettingsTest {
  private static final Path PEM = Path.of("some.pem");

  @Test
  void whatCannotBeSetIsRefusedWithItsValueAndRule() {
    refuses(() -> GrpcTransport.to(" "), "target is empty");
    refuses(() -> to().maxMessageBytes(0), "maxMessageBytes is 0");
    refuses(() -> to().keepAlive(Duration.ofSeconds(9)), "keepAlive is PT9S");
    refuses(() -> to().plaintext().trusting(PEM), "contradict");
    refuses(() -> to().identity(PEM, PEM).plaintext(), "contradict");
    refuses(() -> GrpcServer.on(0).requireClients(PEM).plaintext(), "contradict");
    refuses(() -> GrpcServer.on(70_000), "70000");
    refuses(() -> GrpcServer.on(0).maxMessageBytes(-1), "maxMessageBytes is -1");
    refuses(
        () -> GrpcServer.on(0).maxConcurrentCallsPerConnection(0),
        "maxConcurrentCallsPerConnection is 0");
    refuses(() -> GrpcServer.on(0).maxConnectionAge(Duration.ZERO), "maxConnectionAge is PT0S");
    refuses(() -> GrpcServer.on(0).announcedFor(Duration.ofSeconds(-1)), "announcedFor is PT-1S");
    refuses(() -> GrpcServer.on(0).plaintext().tls(PEM, PEM), "contradict");
  }

  @Test
  void aCopyDoesNotChangeTheOriginal() {
    GrpcTransport original = to();

    assertThat(original.plaintext()).isNotSameAs(original);
    assertThat(original.trusting(PEM)).as("the original is still TLS").isNotNull();
    assertThat(original.target()).isEqualTo("shop:50051");
  }

  @Test
  void aCallBeforeTheStartSaysSo() {
    CompletableFuture<?> early =
        to().call(
                Service.ASK,
                Service.envelope("q"),
                Deadline.after(Time.system(), Duration.ofSeconds(1)));

    assertThat(early)
        .failsWithin(Duration.ofSeconds(1))
        .withThrowableThat()
        .havingCause()
        .isInstanceOf(CommsException.Misconfigured.class)
        .withMessageContaining("comms.start()");
  }

  @Test
  void aServerHasNoAddressBeforeItIsAttached() {
    assertThatThrownBy(() -> GrpcServer.on(50051).address())
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("50051");
  }

  private static GrpcTransport to() {
    return GrpcTransport.to("shop:50051");
  }

  private static void refuses(ThrowingCallable call, String message) {
    assertThatThrownBy(call)
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(message);
  }
}
