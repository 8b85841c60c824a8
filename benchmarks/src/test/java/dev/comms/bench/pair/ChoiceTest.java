package dev.comms.bench.pair;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;

class ChoiceTest {

  private static Choice choice(String... given) throws Refused {
    return Choice.parse(List.of(given));
  }

  private static void refused(String word, String... given) {
    assertThatThrownBy(() -> choice(given))
        .isInstanceOf(Refused.class)
        .message()
        .contains(word)
        .doesNotContain("\n");
  }

  @Test
  void withoutANameAllIsMeasured() throws Refused {
    Choice all = choice();

    assertThat(all.rows()).isEqualTo(Row.ALL);
    assertThat(all.inner()).isTrue();
  }

  @Test
  void innerAloneComparesNothing() throws Refused {
    Choice inner = choice("inner", "--quick", "--json");

    assertThat(inner.rows()).isEmpty();
    assertThat(inner.inner()).isTrue();
    assertThat(inner.quick()).isTrue();
    assertThat(inner.json()).isTrue();
  }

  @Test
  void aNameIsAFamilyOrARow() throws Refused {
    assertThat(choice("call", "submit.one").rows())
        .extracting(Row::name)
        .containsExactly(
            "call.one",
            "call.many",
            "call.async",
            "call.open",
            "call-armeria.one",
            "call-armeria.async",
            "submit.one");
  }

  @Test
  void whatSeveralFamiliesBeginWithMeansAllOfThem() throws Refused {
    assertThat(choice("rest").rows())
        .extracting(Row::name)
        .containsExactly(
            "rest-close.numbers",
            "rest-close.text",
            "rest-keepalive.numbers",
            "rest-keepalive.text");
    assertThat(choice("rest-close", "rest-keepalive.text").rows())
        .extracting(Row::name)
        .containsExactly("rest-close.numbers", "rest-close.text", "rest-keepalive.text");
    refused("'res'", "res");
  }

  @Test
  void aHandicapIsReadInMicroseconds() throws Refused {
    assertThat(choice("--handicap-cpu", "100us").handicapNanos()).isEqualTo(100_000);
    assertThat(choice("call", "--handicap-cpu=7us").handicapNanos()).isEqualTo(7_000);
  }

  @Test
  void innerIsNoPartOfAProofOfTheHarness() throws Refused {
    assertThat(choice("--null").inner()).isFalse();
    assertThat(choice("--handicap-cpu", "100us").inner()).isFalse();
  }

  @Test
  void whatIsWrongIsNamedWithItsFix() {
    refused("'bogus'; take one of inner, call", "bogus");
    refused("'--bogus' for bench; see ./comms bench --help", "call", "--bogus");
    refused("'100ms' but must be microseconds", "--handicap-cpu", "100ms");
    refused("'' but must be microseconds", "--handicap-cpu");
    refused("contradict", "--null", "--handicap-cpu", "100us");
    refused("inner is measured by JMH", "inner", "--null");
  }
}
