package dev.comms.grpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.time.Duration;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

class ConnectingTest {

  @Test
  void aListNamesItsServersByHostAndPort() {
    assertThat(Place.of("10.0.0.1:50051")).isEqualTo(new Place("10.0.0.1", 50051));
    assertThat(Place.of("inventory-1:1").authority()).isEqualTo("inventory-1:1");
    assertThat(Place.of("[::1]:50051").authority()).isEqualTo("[::1]:50051");
    assertThat(GrpcTransport.toAll("a:1", "b:2").target()).isEqualTo("a:1,b:2");
  }

  @Test
  void whatIsNoServerOfAListIsRefusedWithItsText() {
    refuses(() -> GrpcTransport.toAll(), "is empty");
    refuses(() -> GrpcTransport.toAll("a:1", "a:1"), "twice");
    refuses(() -> GrpcTransport.toAll("dns:///a:1"), "dns:///a:1");
    refuses(() -> GrpcTransport.toAll("a"), "'a'");
    refuses(() -> GrpcTransport.toAll("a:0"), "'a:0'");
    refuses(() -> GrpcTransport.toAll("a:65536"), "65535");
    refuses(() -> GrpcTransport.toAll("::1:50051"), "[address]:port");
    refuses(() -> GrpcTransport.toAll("a b:1"), "'a b:1'");
  }

  @Test
  void whatAServerCannotBeSetToIsRefusedWithItsValueAndRule() {
    refuses(() -> GrpcServer.on(0).keepAlive(Duration.ofSeconds(9)), "keepAlive is PT9S");
    refuses(() -> GrpcServer.on(0).accessLog(1.1), "accessLog is 1.1");
    refuses(() -> GrpcServer.on(0).accessLog(Double.NaN), "accessLog is NaN");
    refuses(() -> GrpcServer.onUnixSocket(Path.of("relative")), "'relative'");
    refuses(() -> GrpcServer.inProcess(" "), "name is empty");
    refuses(() -> GrpcTransport.inProcess(""), "name is empty");
  }

  private static void refuses(ThrowingCallable call, String message) {
    assertThatThrownBy(call)
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(message);
  }
}
