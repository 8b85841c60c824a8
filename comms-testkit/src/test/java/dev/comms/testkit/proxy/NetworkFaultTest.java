package dev.comms.testkit.proxy;

import static java.time.Duration.ZERO;
import static java.time.Duration.ofDays;
import static java.time.Duration.ofMillis;
import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.List;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class NetworkFaultTest {

  @ParameterizedTest
  @MethodSource
  void aBadArgumentIsNamedWithItsValueTheRuleAndTheFix(
      ThrowingCallable call, List<String> message) {
    assertThatIllegalArgumentException()
        .isThrownBy(call)
        .withMessageContainingAll(message.toArray(String[]::new));
  }

  static Stream<Arguments> aBadArgumentIsNamedWithItsValueTheRuleAndTheFix() {
    return Stream.of(
        bad(
            () -> NetworkFault.latency(ofMillis(-1)),
            "latency: delay",
            "PT-0.001S",
            "not negative"),
        bad(() -> NetworkFault.latency(ZERO, ofDays(2)), "latency: jitter", "PT48H", "shorter"),
        bad(() -> NetworkFault.bandwidth(0), "bandwidth: bytesPerSecond is 0", "1 or more", "give"),
        bad(() -> NetworkFault.resetAfter(-1), "resetAfter: bytes is -1", "0 or more", "give"),
        bad(() -> NetworkFault.cutAfter(-1), "cutAfter: bytes is -1", "0 or more", "give"),
        bad(() -> NetworkFault.slowClose(ofDays(2)), "slowClose: delay", "PT48H", "shorter"),
        bad(() -> NetworkFault.slicer(0, ZERO), "slicer: maxBytes is 0", "1 or more", "give"),
        bad(() -> NetworkFault.slicer(1, ofMillis(-1)), "slicer: pause", "not negative"),
        bad(() -> NetworkFault.corrupt(0), "corrupt: probability is 0.0", "more than 0", "0.01"),
        bad(() -> NetworkFault.corrupt(Double.NaN), "corrupt: probability is NaN", "at most 1"),
        bad(() -> NetworkFault.corruptEvery(0), "corruptEvery: bytes is 0", "1 or more", "give"),
        bad(() -> NetworkFault.silent().towards(Direction.SERVER), "silent", "leave towards out"),
        bad(() -> NetworkFault.refuse().towards(Direction.CLIENT), "refuse", "leave towards out"));
  }

  private static Arguments bad(ThrowingCallable call, String... message) {
    return Arguments.of(call, List.of(message));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "latency=500ms",
        "latency=2s,200ms",
        "latency=500ms,200ms,client",
        "bandwidth=1024,server",
        "blackhole",
        "blackhole=client",
        "silent",
        "reset=0",
        "cut=1000,server",
        "slowclose=2s",
        "slice=10,5ms",
        "corrupt=0.01",
        "corrupt-every=100,client",
        "refuse"
      })
  void itsWordsAreReadAsTheSameFault(String words) {
    NetworkFault fault = FaultWords.parse(words);
    assertThat(fault).hasToString(words).isEqualTo(FaultWords.parse(words));
    assertThat(fault).hasSameHashCodeAs(FaultWords.parse(words));
  }

  @Test
  void faultsAreEqualIfTheyDoTheSame() {
    assertThat(NetworkFault.latency(ofSeconds(1)))
        .isEqualTo(FaultWords.parse("latency=1000ms"))
        .isNotEqualTo(NetworkFault.latency(ofSeconds(1)).towards(Direction.CLIENT))
        .isNotEqualTo(NetworkFault.latency(ofSeconds(2)));
  }
}
