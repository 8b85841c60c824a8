package dev.comms.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.comms.contract.CommsException.Misconfigured;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RedisConfigTest {
  private static final Duration LIMIT = Duration.ofSeconds(2);

  @Test
  void theRestHasDefaults() {
    RedisConfig config = RedisConfig.at("redis://host").confirmedWithin(LIMIT);

    assertThat(config.namespace()).isEqualTo("comms");
    assertThat(config.lease()).isEqualTo(Duration.ofSeconds(30));
    assertThat(config.confirmedWithin()).isEqualTo(LIMIT);
    assertThat(config.address()).isEqualTo("host:6379");
  }

  @Test
  void noTextOfItShowsThePassword() {
    RedisConfig config =
        RedisConfig.at("rediss://me:hush@host:6380/2").confirmedWithin(LIMIT).namespace("shop");

    assertThat(config.toString()).contains("host:6380", "shop").doesNotContain("hush", "me:");
    assertThat(RedisTransport.of(config).toString()).doesNotContain("hush");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "host:6379",
        "http://me:hush@host",
        "redis://",
        "redis://me:hush@host:port",
        "redis://me:hu sh@host",
        "redis-sentinel://me:hush@host"
      })
  void aBadUriIsRefusedWithoutShowingIt(String uri) {
    assertThatThrownBy(() -> RedisTransport.at(uri).confirmedWithin(LIMIT))
        .isInstanceOf(Misconfigured.class)
        .hasMessageContaining("uri")
        .hasMessageContaining("redis://host:6379")
        .hasMessageNotContaining("hush")
        .hasMessageNotContaining("hu sh")
        .hasNoCause();
  }

  @Test
  void allThatIsWrongIsReportedAtOnce() {
    Map<String, String> values =
        Map.of(
            "uri", "amqp://host",
            "confirmed-within", "5s",
            "namespace", "a{b}",
            "lease", "PT0.1S",
            "in-flight", "many",
            "colour", "blue");

    assertThatThrownBy(() -> RedisConfig.from(values))
        .isInstanceOf(Misconfigured.class)
        .hasMessageContaining("'amqp'")
        .hasMessageContaining("confirmed-within is '5s'")
        .hasMessageContaining("namespace is 'a{b}'")
        .hasMessageContaining("lease is PT0.1S")
        .hasMessageContaining("in-flight is 'many'")
        .hasMessageContaining("'colour' is no setting");
  }

  @Test
  void whatIsMandatoryIsNamed() {
    assertThatThrownBy(() -> RedisConfig.from(Map.of()))
        .isInstanceOf(Misconfigured.class)
        .hasMessageContaining("uri is missing")
        .hasMessageContaining("confirmed-within is missing");
  }

  @Test
  void readsTexts() {
    RedisConfig config =
        RedisConfig.from(
            Map.of(
                "uri", "redis://host:7000",
                "confirmed-within", "PT2S",
                "namespace", "shop",
                "lease", "PT10S",
                "in-flight", "7"));

    assertThat(config)
        .isEqualTo(new RedisConfig("redis://host:7000", LIMIT, "shop", Duration.ofSeconds(10), 7));
  }

  @Test
  void aLimitOfNothingIsRefused() {
    assertThatThrownBy(() -> RedisConfig.at("redis://host").confirmedWithin(Duration.ZERO))
        .isInstanceOf(Misconfigured.class)
        .hasMessageContaining("confirmed-within is PT0S");
  }
}
