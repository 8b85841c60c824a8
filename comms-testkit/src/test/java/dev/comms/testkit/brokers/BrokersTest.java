package dev.comms.testkit.brokers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class BrokersTest {

  static Stream<Arguments> malformed() {
    return Stream.of(
        malformed("COMMS_KAFKA_SERVERS", "me:s3cret@host", Brokers::kafka),
        malformed("COMMS_KAFKA_SERVERS", "host-without-port", Brokers::kafka),
        malformed("COMMS_REDIS_URI", "http://me:s3cret@host", Brokers::redis),
        malformed("COMMS_RABBIT_URI", "amqp:/me:s3cret@host", Brokers::rabbit),
        malformed("COMMS_JDBC_URL", "jdbc:h2:mem:?password=s3cret", Brokers::postgres));
  }

  private static Arguments malformed(String variable, String value, Consumer<Brokers> start) {
    return Arguments.of(variable, value, start);
  }

  @ParameterizedTest
  @MethodSource("malformed")
  void aMalformedValueIsNamedInOneLineWithoutItsPassword(
      String variable, String value, Consumer<Brokers> start) {
    try (Brokers brokers = new Brokers(Map.of(variable, value), false)) {
      assertThatThrownBy(() -> start.accept(brokers))
          .isInstanceOf(BrokerUnavailable.class)
          .hasMessageContaining(variable + "=")
          .hasMessageContaining("unset it to have a broker started")
          .message()
          .hasLineCount(1)
          .doesNotContain("s3cret");
    }
  }

  @Test
  void aFailedStartIsNotTriedAgain() {
    try (Brokers brokers = new Brokers(Map.of("COMMS_RABBIT_URI", "nonsense"), false)) {
      Throwable first = catchThrowable(brokers::rabbit);
      assertThatThrownBy(brokers::rabbit).isSameAs(first);
    }
  }

  @Test
  void aClosedSetStartsNothing() {
    Brokers brokers = new Brokers(Map.of(), false);
    brokers.close();
    brokers.close();
    assertThatThrownBy(brokers::redis)
        .isInstanceOf(BrokerUnavailable.class)
        .hasMessageContaining("closed");
    assertThat(brokers.folder().root()).isNull();
  }

  @Test
  void aNamedRabbitIsAvailableWithoutBeingReached() {
    try (Brokers brokers = new Brokers(Map.of("COMMS_RABBIT_URI", "amqp://127.0.0.1:1"), false)) {
      assertThat(brokers.rabbitAvailable()).isTrue();
    }
  }

  @Test
  void aBrokersTextHasNoPasswordButItsAddressHas() {
    Broker broker =
        new Running("redis", "7.0.15", "redis://:s3cret@h:1", "COMMS_REDIS_URI", () -> {});
    assertThat(broker).hasToString("redis 7.0.15 at redis://***@h:1 (COMMS_REDIS_URI)");
    assertThat(broker.address()).contains("s3cret");
  }

  @Test
  void theSharedSetSurvivesItsClose() {
    Brokers shared = Brokers.shared();
    shared.close();
    assertThat(Brokers.shared()).isSameAs(shared);
    assertThat(shared.ended()).isFalse();
  }
}
