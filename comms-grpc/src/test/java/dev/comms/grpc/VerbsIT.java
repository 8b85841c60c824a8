package dev.comms.grpc;

import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.StringValue;
import dev.comms.Calls;
import dev.comms.Comms;
import dev.comms.Incoming;
import dev.comms.contract.Call;
import dev.comms.contract.Code;
import dev.comms.contract.Codec;
import dev.comms.contract.CommsException;
import dev.comms.contract.Context;
import dev.comms.contract.Download;
import dev.comms.contract.Effect;
import io.grpc.MethodDescriptor;
import io.grpc.MethodDescriptor.MethodType;
import io.grpc.protobuf.ProtoUtils;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The verb {@code call} from handler to handler, with generated-like methods. */
class VerbsIT {
  private static final Call<StringValue, StringValue> GREET =
      GrpcCall.unary(method("Greet", MethodType.UNARY)).answeredWithin(ofSeconds(20));
  private static final Download<StringValue, StringValue> COUNT =
      GrpcCall.download(method("Count", MethodType.SERVER_STREAMING))
          .firstWithin(ofSeconds(20))
          .idleWithin(ofSeconds(20))
          .totalWithin(ofSeconds(20));

  private Comms server;
  private Comms client;
  private Calls calls;

  @BeforeEach
  void start() throws Exception {
    int port = freePort();
    server = Comms.service("greeter", new SimpleMeterRegistry()).build();
    server.serve(GrpcServer.on(port).plaintext()).answer(GREET, VerbsIT::greet).stream(
        COUNT, VerbsIT::count);
    server.start();
    client = Comms.service("caller", new SimpleMeterRegistry()).build();
    calls = client.calls(GrpcTransport.to("127.0.0.1:" + port).plaintext());
    client.start();
  }

  @AfterEach
  void stop() {
    client.close();
    server.close();
  }

  private static StringValue greet(StringValue name, Context context) {
    return switch (name.getValue()) {
      case "nobody" -> throw new CommsException.Rejected(Code.NOT_FOUND, "there is no nobody");
      case "bug" -> throw new IllegalStateException("s3cret");
      default ->
          StringValue.of(
              "hello " + name.getValue() + " " + context.headers().getOrDefault("tenant", "?"));
    };
  }

  private static void count(StringValue upTo, Consumer<StringValue> out, Context context) {
    for (int i = 1; i <= Integer.parseInt(upTo.getValue()); i++) {
      out.accept(StringValue.of(String.valueOf(i)));
    }
  }

  @Test
  void aCallIsAnsweredWithTheCallersHeadersInView() {
    StringValue reply = calls.header("tenant", "blue").call(GREET, StringValue.of("you"));

    assertThat(reply.getValue()).isEqualTo("hello you blue");
  }

  @Test
  void aNoOfTheHandlerReachesTheCaller() {
    assertThatThrownBy(() -> calls.call(GREET, StringValue.of("nobody")))
        .isInstanceOfSatisfying(
            CommsException.Rejected.class,
            no -> {
              assertThat(no.code()).isEqualTo(Code.NOT_FOUND);
              assertThat(no.reason()).isEqualTo("there is no nobody");
            });
  }

  @Test
  void aBugOfTheHandlerDoesNotLeaveItsProcess() {
    assertThatThrownBy(() -> calls.call(GREET, StringValue.of("bug")))
        .isInstanceOf(CommsException.Failed.class)
        .hasMessageContaining("error id")
        .hasMessageNotContaining("s3cret")
        .hasMessageNotContaining("IllegalState");
  }

  @Test
  void bytesThatAreNoRequestAreMalformedWithoutEffect() {
    Call<byte[], byte[]> raw =
        Call.named(GREET.name(), Codec.bytes(), Codec.bytes()).answeredWithin(ofSeconds(20));

    assertThatThrownBy(() -> calls.call(raw, new byte[] {(byte) 0xff}))
        .isInstanceOfSatisfying(
            CommsException.Malformed.class,
            malformed -> assertThat(malformed.effect()).isEqualTo(Effect.NONE));
  }

  @Test
  void aDownloadComesInOrderAndEnds() {
    int expected = 1;
    try (Incoming<StringValue> numbers = calls.open(COUNT, StringValue.of("2000"))) {
      while (numbers.hasNext()) {
        assertThat(numbers.next().getValue()).isEqualTo(String.valueOf(expected++));
      }
    }

    assertThat(expected).isEqualTo(2001);
  }

  @Test
  void aServiceThatDoesNotRunIsUnavailableAfterItsAttempts() throws Exception {
    try (Comms alone = Comms.service("alone", new SimpleMeterRegistry()).build()) {
      Calls nobody = alone.calls(GrpcTransport.to("127.0.0.1:" + freePort()).plaintext());
      alone.start();

      assertThatThrownBy(
              () -> nobody.within(Duration.ofSeconds(10)).call(GREET, StringValue.of("you")))
          .isInstanceOfSatisfying(
              CommsException.Unavailable.class,
              gone -> {
                assertThat(gone.attempts()).isGreaterThan(1);
                assertThat(gone.effect()).isEqualTo(Effect.NONE);
              });
    }
  }

  private static int freePort() throws Exception {
    try (ServerSocket socket = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  private static MethodDescriptor<StringValue, StringValue> method(String name, MethodType type) {
    return MethodDescriptor.newBuilder(
            ProtoUtils.marshaller(StringValue.getDefaultInstance()),
            ProtoUtils.marshaller(StringValue.getDefaultInstance()))
        .setType(type)
        .setFullMethodName("it.Greeter/" + name)
        .build();
  }
}
