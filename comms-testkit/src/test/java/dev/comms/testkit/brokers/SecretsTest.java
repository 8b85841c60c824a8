package dev.comms.testkit.brokers;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SecretsTest {

  @ParameterizedTest
  @CsvSource({
    "amqp://guest:s3cret@host:5672/shop, amqp://***@host:5672/shop",
    "redis://:s3cret@host:6379/0, redis://***@host:6379/0",
    "jdbc:postgresql://host/shop?user=me&password=s3cret, "
        + "jdbc:postgresql://host/shop?user=***&password=***",
    "jdbc:postgresql://me:s3cret@host/shop, jdbc:postgresql://***@host/shop",
    "amqp://me:s3/cr?e@t@host, amqp://***@host",
    "me:s3cret@host, ***@host",
    "127.0.0.1:9092, 127.0.0.1:9092",
    "'cannot reach amqp://a:s3cret@h, sorry', 'cannot reach amqp://***@h, sorry'",
  })
  void userInfoAndPasswordsAreHidden(String text, String hidden) {
    assertThat(Secrets.hide(text)).isEqualTo(hidden);
  }

  @Test
  void aReasonIsOneLineWithoutSecrets() {
    Exception failure = new Exception("first\n  second redis://:s3cret@host");
    assertThat(Secrets.reason(failure)).isEqualTo("first second redis://***@host");
  }

  @Test
  void aFailureWithoutMessageIsNamedByItsClass() {
    assertThat(Secrets.reason(new IllegalStateException()))
        .isEqualTo("java.lang.IllegalStateException");
  }
}
