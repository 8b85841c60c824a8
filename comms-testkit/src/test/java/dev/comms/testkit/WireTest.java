package dev.comms.testkit;

import static dev.comms.testkit.Talks.ASK;
import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.comms.contract.Call;
import dev.comms.contract.Codec;
import dev.comms.contract.CommsException;
import dev.comms.contract.CommsException.Facts;
import dev.comms.contract.Effect;
import dev.comms.contract.Fault;
import org.junit.jupiter.api.Test;

class WireTest {
  @Test
  void aRequestThatCannotBeReadIsMalformedWithoutEffectAsOverGrpc() {
    Call<String, String> here =
        Call.named(ASK.name(), new Unreadable(), Talks.TEXT).answeredWithin(ofSeconds(1));
    try (TestComms comms = TestComms.create()) {
      comms.serve().answer(here, (question, context) -> "never");

      assertThatThrownBy(() -> comms.calls().call(ASK, "why"))
          .isInstanceOfSatisfying(
              CommsException.Malformed.class,
              malformed -> {
                assertThat(malformed.effect()).isEqualTo(Effect.NONE);
                assertThat(malformed.fault()).isEqualTo(Fault.CALLER);
              });
    }
  }

  private static final class Unreadable implements Codec<String> {
    @Override
    public String contentType() {
      return "text/plain";
    }

    @Override
    public byte[] encode(String payload) {
      return new byte[0];
    }

    @Override
    public String decode(byte[] body) {
      throw new IllegalArgumentException("another contract's bytes");
    }
  }

  @Test
  void whatTheOtherSideCouldNotEncodeOrReadElsewhereIsItsFailure() {
    CommsException encoding = new CommsException.Malformed(facts("ask").fault(Fault.LOCAL));
    CommsException elsewhere = new CommsException.Malformed(facts("other").fault(Fault.REMOTE));

    assertThat(Wire.carried("ask", encoding)).isInstanceOf(CommsException.Failed.class);
    assertThat(Wire.carried("ask", elsewhere)).isInstanceOf(CommsException.Failed.class);
  }

  private static Facts facts(String contract) {
    return Facts.of(contract).effect(Effect.NONE).message("unreadable");
  }
}
