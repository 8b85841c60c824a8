package dev.comms.grpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.comms.contract.CommsException;
import dev.comms.contract.Effect;
import dev.comms.spi.Envelope;
import io.grpc.InternalMetadata;
import io.grpc.Metadata;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class EnvelopeMapperTest {

  @Test
  void theIdAndEveryHeaderTravelAndComeBack() {
    Map<String, String> headers =
        Map.of(
            "traceparent",
            "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
            "tracestate",
            "a=b",
            "baggage",
            "user=7",
            "comms-attempt",
            "2",
            "empty",
            "");
    Metadata metadata = EnvelopeMapper.request(envelope("id-7").headers(headers));

    Envelope back = read(metadata);

    assertThat(back.id()).isEqualTo("id-7");
    assertThat(back.headers()).isEqualTo(headers);
    assertThat(back.contract()).isEqualTo("orders.ping");
    assertThat(back.body()).containsExactly(1, 2);
  }

  @Test
  void aForeignRequestWithoutIdIsGivenOne() {
    Metadata metadata = new Metadata();

    assertThat(read(metadata).id()).isNotEmpty().isNotEqualTo(read(metadata).id());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "Upper",
        "grpc-timeout",
        "data-bin",
        "te",
        "content-type",
        "comms-id",
        "a b",
        "",
        ":path",
        "naïve",
        "user-agent"
      })
  void aNameThatGrpcCannotCarryIsRefusedByNameAndWithoutEffect(String name) {
    assertThatThrownBy(() -> EnvelopeMapper.request(envelope("1").header(name, "s3cret")))
        .isInstanceOfSatisfying(
            CommsException.Malformed.class,
            refused -> assertThat(refused.effect()).isEqualTo(Effect.NONE))
        .hasMessageContaining("header name '")
        .hasMessageNotContaining("s3cret");
  }

  @ParameterizedTest
  @ValueSource(strings = {"ünïcode", "line\nbreak", " leading", "trailing ", "\u0000"})
  void aValueThatGrpcWouldChangeIsRefusedAndNotShown(String value) {
    assertThatThrownBy(() -> EnvelopeMapper.request(envelope("1").header("tenant", value)))
        .isInstanceOf(CommsException.Malformed.class)
        .hasMessageContaining("'tenant'")
        .hasMessageNotContaining(value);
  }

  /** Each character, at the beginning, in between and at the end. */
  @Test
  void namesAndValuesAreJudgedAsTheirRulesSay() {
    for (char one = 0; one <= 0x200; one++) {
      for (String text : List.of("" + one, one + "z", "z" + one, "z" + one + "z")) {
        assertThat(goes(text, "v")).as("name %s", (int) one).isEqualTo(text.matches(NAME));
        assertThat(goes("n", text)).as("value %s", (int) one).isEqualTo(text.matches(VALUE));
      }
    }
    assertThat(goes("n".repeat(100), "")).isTrue();
    assertThat(goes("n".repeat(101), "")).isFalse();
    assertThat(goes("", "v")).isFalse();
  }

  private static final String NAME = "[a-z0-9][a-z0-9_.-]{0,99}";
  private static final String VALUE = "|[!-~]|[!-~][ -~]*[!-~]";

  private static boolean goes(String name, String value) {
    Envelope message = Envelope.of("1", "c", "t", Instant.EPOCH, new byte[0]);
    try {
      EnvelopeMapper.reply(message.headers(Map.of(name, value)));
      return true;
    } catch (CommsException.Malformed refused) {
      return false;
    }
  }

  @Test
  void headersThatAServerWouldNotTakeAreRefusedBeforeTheyAreSent() {
    Envelope large = envelope("1").header("large", "x".repeat(EnvelopeMapper.MOST_HEADER_BYTES));

    assertThatThrownBy(() -> EnvelopeMapper.request(large))
        .isInstanceOf(CommsException.Malformed.class)
        .hasMessageContaining(String.valueOf(EnvelopeMapper.MOST_HEADER_BYTES));
  }

  @Test
  void whatBelongsToGrpcAndHttpDoesNotReachTheHandler() {
    Metadata metadata = new Metadata();
    put(metadata, "user-agent", "grpc-java");
    put(metadata, "content-type", "application/grpc");
    put(metadata, "grpc-accept-encoding", "gzip");
    put(metadata, "tenant", "blue");
    metadata.put(Metadata.Key.of("trace-bin", Metadata.BINARY_BYTE_MARSHALLER), new byte[] {1});

    assertThat(read(metadata).headers()).containsExactly(Map.entry("tenant", "blue"));
  }

  @Test
  void aHostileHeaderNameIsDroppedAndBreaksNothing() {
    Metadata hostile =
        InternalMetadata.newMetadata(
            "we!rd".getBytes(StandardCharsets.US_ASCII), "1".getBytes(StandardCharsets.US_ASCII));

    assertThat(read(hostile).headers()).isEmpty();
  }

  @Test
  void thePushbackIsReadAndNonsenseIgnored() {
    Metadata trailers = new Metadata();
    put(trailers, "grpc-retry-pushback-ms", "250");
    Metadata nonsense = new Metadata();
    put(nonsense, "grpc-retry-pushback-ms", "-1");

    assertThat(EnvelopeMapper.pushback(trailers)).isEqualTo(Duration.ofMillis(250));
    assertThat(EnvelopeMapper.pushback(nonsense)).isNull();
    assertThat(EnvelopeMapper.pushback(new Metadata())).isNull();
  }

  private static void put(Metadata metadata, String name, String value) {
    metadata.put(Metadata.Key.of(name, Metadata.ASCII_STRING_MARSHALLER), value);
  }

  private static Envelope envelope(String id) {
    return Envelope.of(id, "orders.ping", "application/json", Instant.EPOCH, new byte[] {1, 2});
  }

  private static Envelope read(Metadata metadata) {
    return EnvelopeMapper.toEnvelope(
        "orders.ping", "application/json", metadata, new byte[] {1, 2}, Instant.EPOCH);
  }
}
