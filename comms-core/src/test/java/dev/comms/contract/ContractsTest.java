package dev.comms.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;

import dev.comms.fake.Text;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ContractsTest {
  private static final Text TEXT = new Text();
  private static final Duration SECOND = Duration.ofSeconds(1);

  @Test
  void beforeItsLimitIsNamedThereIsNoContract() {
    List<Class<?>> stages =
        List.of(
            Call.Named.class,
            Task.Named.class,
            Event.Named.class,
            StreamCall.Named.class,
            StreamCall.First.class,
            StreamCall.Idle.class);
    assertThat(stages).noneMatch(Contract.class::isAssignableFrom);
    assertThat(List.of(Call.class, Task.class, Event.class, Download.class))
        .allMatch(type -> Arrays.stream(type.getConstructors()).findAny().isEmpty());
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "1st", "two words", "a\nb", "ä", "dots:no", "-x"})
  void aNameThatDoesNotFitTheWireIsRefused(String name) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Task.named(name, TEXT))
        .withMessageContainingAll("task name", "1 to 200 of", "such as 'orders.process'")
        .withMessageNotContaining("\n");
  }

  @Test
  void aNameHasAtMost200Characters() {
    assertThat(Event.named("a".repeat(200), TEXT).handledWithin(SECOND).name()).hasSize(200);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Event.named("a".repeat(201), TEXT))
        .satisfies(refusal -> assertThat(refusal.getMessage().length()).isLessThan(300));
  }

  @ParameterizedTest
  @ValueSource(strings = {"PT0S", "PT-1S", "P8D"})
  void aLimitIsMoreThanNothingAndAtMostAWeek(String text) {
    Duration bad = Duration.parse(text);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Call.named("stock.check", TEXT, TEXT).answeredWithin(bad))
        .withMessageContainingAll(
            "stock.check", "answeredWithin", bad.toString(), "at most PT168H");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Task.named("mail.send", TEXT).eachAttemptWithin(bad))
        .withMessageContainingAll("mail.send", "eachAttemptWithin");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Event.named("user.seen", TEXT).handledWithin(bad))
        .withMessageContainingAll("user.seen", "handledWithin");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Download.named("stock.feed", TEXT, TEXT).firstWithin(bad))
        .withMessageContainingAll("stock.feed", "firstWithin");
  }

  @Test
  void aLimitOfNullIsRefusedByName() {
    assertThatNullPointerException()
        .isThrownBy(() -> Task.named("mail.send", TEXT).eachAttemptWithin(null))
        .withMessageContainingAll("mail.send", "eachAttemptWithin is null");
  }

  @Test
  void theContractKeepsWhatWasNamed() {
    Call<String, String> call =
        Call.named("stock.check", TEXT, TEXT)
            .asIdempotent()
            .answeredWithin(Duration.ofSeconds(3))
            .eachAttemptWithin(SECOND)
            .attempts(2);
    assertThat(call.limit()).isEqualTo(Duration.ofSeconds(3)).isEqualTo(call.answeredWithin());
    assertThat(call.eachAttemptWithin()).isEqualTo(SECOND);
    assertThat(call.attempts()).isEqualTo(2);
    assertThat(call.idempotent()).isTrue();
    assertThat(call).hasToString("call stock.check");
    Event<String> event =
        Event.named("user.seen", TEXT)
            .handledWithin(SECOND)
            .keyedBy(text -> "k" + text)
            .attempts(9);
    assertThat(event.keyOf("1")).isEqualTo("k1");
    assertThat(event.attempts()).isEqualTo(9);
    Download<String, String> feed =
        Download.named("stock.feed", TEXT, TEXT)
            .firstWithin(SECOND)
            .idleWithin(Duration.ofSeconds(2))
            .totalWithin(Duration.ofSeconds(3));
    assertThat(feed.idleWithin()).isEqualTo(Duration.ofSeconds(2));
    assertThat(feed.limit()).isEqualTo(Duration.ofSeconds(3));
  }

  @Test
  void whatIsNotSaidIsTheDefault() {
    Call<String, String> call = Call.named("a", TEXT, TEXT).answeredWithin(SECOND);
    assertThat(call.idempotent()).as("a call is repeated only if that is safe").isFalse();
    assertThat(call.attempts()).isEqualTo(3);
    assertThat(call.eachAttemptWithin()).isEqualTo(SECOND);
    assertThat(Task.named("a", TEXT).eachAttemptWithin(SECOND).attempts()).isEqualTo(5);
    assertThat(Event.named("a", TEXT).handledWithin(SECOND).keyOf("x")).isNull();
  }

  @Test
  void attemptsAreBounded() {
    Call<String, String> call = Call.named("a", TEXT, TEXT).answeredWithin(SECOND);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> call.attempts(11))
        .withMessageContainingAll("a: attempts is 11", "1 to 10");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Task.named("t", TEXT).eachAttemptWithin(SECOND).attempts(0))
        .withMessageContainingAll("t: attempts is 0", "1 to 1000");
  }

  @Test
  void theBackoffDoublesUpToItsMostAndIsSpread() {
    Backoff backoff = new Backoff(Duration.ofMillis(100), SECOND);
    long[] middle = {100, 200, 400, 800, 1_000, 1_000};
    for (int i = 0; i < 200; i++) {
      for (int attempt = 1; attempt <= middle.length; attempt++) {
        assertThat(backoff.after(attempt).toMillis())
            .isBetween(middle[attempt - 1] * 8 / 10, middle[attempt - 1] * 12 / 10);
      }
    }
    assertThat(backoff.after(1_000_000).toMillis()).isBetween(800L, 1_200L);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new Backoff(SECOND, Duration.ofMillis(1)))
        .withMessageContainingAll("first is PT1S", "most is PT0.001S");
  }
}
