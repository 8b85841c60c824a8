package dev.comms.shop.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine.TypeConversionException;

class DurationsTest {
  @Test
  void durationsAreReadAsPeopleWriteThem() {
    assertThat(new Durations().convert("200ms")).isEqualTo(Duration.ofMillis(200));
    assertThat(new Durations().convert("2s")).isEqualTo(Duration.ofSeconds(2));
    assertThat(new Durations().convert("1m")).isEqualTo(Duration.ofMinutes(1));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "2", "s", "-1s", "1.5s", "2 s", "99999999999s"})
  void anythingElseIsRefusedWithTheRule(String text) {
    assertThatThrownBy(() -> new Durations().convert(text))
        .isInstanceOf(TypeConversionException.class)
        .hasMessageContaining("write 200ms, 2s or 1m");
  }
}
