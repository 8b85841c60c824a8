package dev.comms.codec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.StringValue;
import dev.comms.contract.Codec;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;

class CodecsTest {
  /** An enum whose name is not what it says of itself. */
  public enum Size {
    SMALL,
    LARGE;

    @Override
    public String toString() {
      return "size " + name().length();
    }
  }

  /** Where the defaults of the two Jacksons differ. */
  public record Parcel(Size size, int weight) {}

  /** A payload as users have them. */
  public record Mail(String to, int copies, List<String> lines) {}

  static final List<Codec<Mail>> JSON =
      List.of(new Jackson3<>(Mail.class), new Jackson2<>(Mail.class));
  private static final Mail MAIL = new Mail("Änne", 2, List.of("a", "\u2603"));

  @ParameterizedTest
  @FieldSource("JSON")
  void jsonComesBackAsItWas(Codec<Mail> codec) throws Exception {
    assertThat(codec.decode(codec.encode(MAIL))).isEqualTo(MAIL);
    assertThat(codec.contentType()).isEqualTo("application/json");
  }

  @ParameterizedTest
  @FieldSource("JSON")
  void bothJacksonsReadEachOther(Codec<Mail> codec) throws Exception {
    for (Codec<Mail> other : JSON) {
      assertThat(other.decode(codec.encode(MAIL))).isEqualTo(MAIL);
    }
  }

  @ParameterizedTest
  @FieldSource("JSON")
  void whatIsNoSuchPayloadIsRefused(Codec<Mail> codec) {
    for (String bad : List.of("", "null", "{", "[]", "{\"copies\":\"many\"}", "\u0000\u0001")) {
      assertThatThrownBy(() -> codec.decode(bad.getBytes(StandardCharsets.UTF_8)))
          .as("body '%s'", bad)
          .isInstanceOf(Exception.class);
    }
  }

  @Test
  void jackson3IsTakenWhereBothAreThere() {
    assertThat(Json.json(Mail.class)).isInstanceOf(Jackson3.class);
  }

  @Test
  void protobufComesBackAsItWas() throws Exception {
    Codec<StringValue> codec = Protobuf.protobuf(StringValue.getDefaultInstance());
    assertThat(codec.decode(codec.encode(StringValue.of("hi"))).getValue()).isEqualTo("hi");
    assertThat(codec.contentType()).isEqualTo("application/protobuf");
    assertThatThrownBy(() -> codec.decode(new byte[] {-1, -1})).isInstanceOf(Exception.class);
  }

  @Test
  void bytesAreLeftAlone() throws Exception {
    byte[] body = {0, -1, 7};
    assertThat(Codec.bytes().decode(Codec.bytes().encode(body))).isSameAs(body);
  }

  @Test
  void bothJacksonsHaveTheSameRules() throws Exception {
    List<Codec<Parcel>> both = List.of(new Jackson3<>(Parcel.class), new Jackson2<>(Parcel.class));
    for (Codec<Parcel> codec : both) {
      String json = new String(codec.encode(new Parcel(Size.LARGE, 3)), StandardCharsets.UTF_8);
      assertThat(json).contains("\"LARGE\"");
      assertThat(codec.decode(bytes("{\"size\":\"LARGE\",\"weight\":3,\"new\":1}")).size())
          .as("a field that came later is passed over")
          .isEqualTo(Size.LARGE);
      for (String bad : List.of("{\"size\":\"LARGE\",\"weight\":null}", json + "{}")) {
        assertThatThrownBy(() -> codec.decode(bytes(bad))).isInstanceOf(Exception.class);
      }
    }
  }

  private static byte[] bytes(String json) {
    return json.getBytes(StandardCharsets.UTF_8);
  }
}
