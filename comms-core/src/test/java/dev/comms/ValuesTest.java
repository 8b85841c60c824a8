package dev.comms;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.comms.contract.Priority;
import dev.comms.spi.EventTransport.Start;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
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
    Duration hour = Duration.ofHours(1);
    Submit all =
        Submit.at(NOW).unique("k", hour).priority(Priority.HIGH).expiresAfter(hour).withId("mine");
    assertThat(all).isEqualTo(new Submit(null, NOW, "k", hour, Priority.HIGH, hour, "mine"));
    assertThat(Submit.now().unique("k").uniqueAtMost()).isEqualTo(Duration.ofHours(24));
  }

  @Test
  void aSubmitRefusesWhatCannotBe() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Submit.after(Duration.ofSeconds(-1)))
        .withMessageContainingAll("after is PT-1S", "must be 0 to PT87600H");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Submit.now().expiresAfter(Duration.ZERO))
        .withMessageContainingAll("expiresAfter is PT0S", "more than 0");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Submit.after(Duration.ofHours(1)).expiresAfter(Duration.ofHours(1)))
        .withMessageContainingAll("after PT1H", "would never run", "from the submission");
    for (Duration bad : List.of(Duration.ZERO, Duration.ofDays(-1), Duration.ofDays(8))) {
      assertThatIllegalArgumentException()
          .isThrownBy(() -> Submit.now().unique("k", bad))
          .withMessageContainingAll("atMost is " + bad, "more than 0 and at most PT168H");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "two words", "line\nbreak", "line\r\nbreak: x", "ümlaut"})
  void anIdAndAUniqueKeyArePrintableAsciiWithoutSpaces(String bad) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Submit.now().withId(bad))
        .withMessageContainingAll("the id has", "1 to 200 printable ASCII");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Submit.now().unique(bad))
        .withMessageContainingAll("the unique key has", "1 to 200 printable ASCII");
    assertThatIllegalArgumentException().isThrownBy(() -> Submit.now().withId("x".repeat(201)));
  }

  @Test
  void aGroupNamesWhereItStarts() {
    Group group = Group.named("analytics").startsAt(Start.LATEST);
    assertThat(group.concurrency()).isEqualTo(8);
    assertThat(group.concurrency(3)).isEqualTo(new Group("analytics", Start.LATEST, 3, null, 0));
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
