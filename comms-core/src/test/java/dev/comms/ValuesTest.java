package dev.comms;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.comms.spi.EventTransport.Start;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Submit, Group, Workers, Headers and the service's name: what they refuse, and in which words. */
class ValuesTest {
  private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");

  @Test
  void aSubmitWithoutAnythingIsForNow() {
    assertThat(Submit.now().delay(NOW)).isEqualTo(Duration.ZERO);
    assertThat(Submit.now().id()).isNull();
    assertThat(Submit.now().expiresAfter()).isNull();
  }

  @Test
  void aSubmitWaitsOrHasAMoment() {
    assertThat(Submit.after(Duration.ofMinutes(1)).delay(NOW)).isEqualTo(Duration.ofMinutes(1));
    assertThat(Submit.at(NOW.plusSeconds(5)).delay(NOW)).isEqualTo(Duration.ofSeconds(5));
    assertThat(Submit.at(NOW.minusSeconds(5)).delay(NOW)).isEqualTo(Duration.ZERO);
  }

  @Test
  void aSubmitKeepsWhatWasNamedBefore() {
    Submit all = Submit.at(NOW).expiresAfter(Duration.ofHours(1)).withId("mine");
    assertThat(all).isEqualTo(new Submit(null, NOW, Duration.ofHours(1), "mine"));
  }

  @Test
  void aSubmitRefusesWhatCannotBe() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Submit.after(Duration.ofSeconds(-1)))
        .withMessageContainingAll("after is PT-1S", "must not be negative");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Submit.now().expiresAfter(Duration.ZERO))
        .withMessageContainingAll("expiresAfter is PT0S", "more than 0");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "two words", "line\nbreak", "ümlaut"})
  void anIdIsPrintableAsciiWithoutSpaces(String id) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Submit.now().withId(id))
        .withMessageContaining("1 to 200 printable ASCII");
  }

  @Test
  void aGroupNamesWhereItStarts() {
    Group group = Group.named("analytics").startsAt(Start.LATEST);
    assertThat(group.concurrency()).isEqualTo(8);
    assertThat(group.concurrency(3)).isEqualTo(new Group("analytics", Start.LATEST, 3));
  }

  @Test
  void aGroupRefusesABadNameAndABadConcurrency() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Group.named("two words").startsAt(Start.LATEST))
        .withMessageContainingAll("'two words'", "such as 'analytics'");
    for (int bad : new int[] {0, 10_001}) {
      assertThatIllegalArgumentException()
          .isThrownBy(() -> Group.named("g").startsAt(Start.LATEST).concurrency(bad))
          .withMessageContainingAll("group g", "concurrency is " + bad, "1 to 10,000");
      assertThatIllegalArgumentException()
          .isThrownBy(() -> Workers.of(bad))
          .withMessageContainingAll("workers", "is " + bad, "1 to 10,000");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "Upper", "a b", "a\nb", "grpc-timeout", "comms-attempt", "x-bin"})
  void aHeadersNameFitsEveryTransport(String name) {
    assertThatIllegalArgumentException().isThrownBy(() -> Headers.name(name));
    assertThat(Headers.name("x-tenant_1.a")).isEqualTo("x-tenant_1.a");
  }

  @Test
  void aHeadersValueIsPrintableAsciiAndNotShownWhenRefused() {
    assertThat(Headers.value("a", "b c")).isEqualTo("b c");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Headers.value("token", "secret\r\nx: y"))
        .withMessageContaining("header token")
        .withMessageNotContaining("secret");
    assertThatIllegalArgumentException().isThrownBy(() -> Headers.value("a", "x".repeat(4_097)));
  }

  @Test
  void aServiceHasANameAndMetrics() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Comms.service("my orders", new SimpleMeterRegistry()))
        .withMessageContainingAll("'my orders'", "such as 'orders'");
    assertThatIllegalArgumentException()
        .isThrownBy(
            () ->
                Comms.service("orders", new SimpleMeterRegistry())
                    .drainWithin(Duration.ofMillis(-1)))
        .withMessageContainingAll("orders", "drainWithin is PT-0.001S");
  }
}
