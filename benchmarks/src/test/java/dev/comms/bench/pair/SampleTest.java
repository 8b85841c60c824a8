package dev.comms.bench.pair;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SampleTest {

  private static byte[] json(Sample<?> sample) throws Exception {
    return RestSide.JSON.writeValueAsBytes(sample.value());
  }

  private static <T> void survives(Sample<T> sample) throws Exception {
    assertThat(sample.call().reply().decode(sample.call().request().encode(sample.value())))
        .isEqualTo(sample.value());
    assertThat(RestSide.JSON.readValue(json(sample), sample.type())).isEqualTo(sample.value());
  }

  @ParameterizedTest
  @ValueSource(strings = {"numbers", "text"})
  void aRecordIsReadAsItWasWrittenAndTakesOneKilobyteOfJson(String name) throws Exception {
    Sample<?> sample = Sample.of(name);

    survives(sample);
    assertThat(json(sample)).hasSizeBetween(950, 1_075);
  }

  /** The bound for what numbers take; text is hardly shorter, whatever encodes it. */
  @Test
  void numbersTakeLessThanAThirdOfTheirJson() throws Exception {
    assertThat((double) Sample.NUMBERS.encoded() / json(Sample.NUMBERS).length)
        .isLessThanOrEqualTo(0.31);
    assertThat((double) Sample.TEXT.encoded() / json(Sample.TEXT).length).isBetween(0.85, 1.0);
  }
}
