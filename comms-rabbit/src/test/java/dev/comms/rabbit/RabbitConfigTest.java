package dev.comms.rabbit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.comms.contract.CommsException;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RabbitConfigTest {
  private static final Duration LIMIT = Duration.ofSeconds(5);

  @Test
  void allThatIsWrongIsReportedAtOnce() {
    assertThatThrownBy(
            () ->
                new RabbitConfig(
                    "http://h", Duration.ZERO, "a b", Duration.ofDays(1), Duration.ZERO, 0, -1))
        .isInstanceOf(CommsException.Misconfigured.class)
        .hasMessageContaining("scheme")
        .hasMessageContaining("confirmedWithin is PT0S")
        .hasMessageContaining("namespace 'a b'")
        .hasMessageContaining("connectionTimeout is PT24H")
        .hasMessageContaining("heartbeat is PT0S")
        .hasMessageContaining("window is 0")
        .hasMessageContaining("backlog is -1");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "amqp://bob:s3cret@host:99999/v",
        "amqp://bob:s3cret@/v",
        "amqp://bob:s3cret@ho st/v",
        "amqp://bob:s3/cret@host/v",
        "amqp://bob:s3@cret@host/v",
        "ampq://bob:s3cret@host/v",
        "amqp://bob:s3cret@host/v/w",
        "bob:s3cret@host"
      })
  void aBadUriIsShownWithoutUserAndPassword(String uri) {
    assertThatThrownBy(() -> RabbitTransport.at(uri).confirmedWithin(LIMIT))
        .isInstanceOf(CommsException.Misconfigured.class)
        .hasMessageContaining("URI")
        .hasMessageNotContaining("s3")
        .hasMessageNotContaining("cret")
        .hasMessageNotContaining("bob")
        .hasNoCause();
  }

  @Test
  void anEmptyUriIsRefusedWithAnExample() {
    assertThatThrownBy(() -> RabbitConfig.at(" ").confirmedWithin(LIMIT))
        .hasMessageContaining("amqp://user:password@host:5672/vhost");
  }

  @Test
  void noTextOfAConfigurationHoldsUserOrPassword() {
    RabbitConfig config = RabbitConfig.at("amqps://bob:s3cret@broker/shop").confirmedWithin(LIMIT);

    assertThat(config.toString())
        .contains("amqps://***@broker/shop")
        .doesNotContain("s3cret", "bob");
    assertThat(RabbitTransport.of(config).toString()).doesNotContain("s3cret", "bob");
  }

  @Test
  void hostPortAndVirtualHostAreReadFromTheUri() {
    RabbitConfig plain = RabbitConfig.at("amqp://broker").confirmedWithin(LIMIT);
    RabbitConfig tls = RabbitConfig.at("amqps://broker/").confirmedWithin(LIMIT);
    RabbitConfig other = RabbitConfig.at("amqp://broker:7000/a%2Fb+c").confirmedWithin(LIMIT);

    assertThat(plain.address()).isEqualTo("broker:5672");
    assertThat(plain.virtualHost()).isEqualTo("/");
    assertThat(tls.address()).isEqualTo("broker:5671");
    assertThat(tls.virtualHost()).isEqualTo("/");
    assertThat(other.address()).isEqualTo("broker:7000");
    assertThat(other.virtualHost()).isEqualTo("a/b+c");
  }

  @Test
  void eachSettingCanBeChangedByCopy() {
    RabbitConfig config =
        RabbitConfig.at("amqp://broker")
            .confirmedWithin(LIMIT)
            .namespace("shop")
            .connectionTimeout(Duration.ofSeconds(2))
            .heartbeat(Duration.ofSeconds(15))
            .window(256)
            .backlog(1_000);

    assertThat(config)
        .isEqualTo(
            new RabbitConfig(
                "amqp://broker",
                LIMIT,
                "shop",
                Duration.ofSeconds(2),
                Duration.ofSeconds(15),
                256,
                1_000));
  }
}
