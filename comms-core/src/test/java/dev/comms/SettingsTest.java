package dev.comms;

import static dev.comms.Fixture.ECHO;
import static dev.comms.Fixture.MAIL;
import static dev.comms.Fixture.SECOND;
import static dev.comms.Fixture.SEEN;
import static dev.comms.Fixture.TEXT;
import static dev.comms.Fixture.failureOf;
import static dev.comms.Fixture.policies;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.comms.contract.Call;
import dev.comms.contract.CommsException.Kind;
import dev.comms.contract.CommsException.Misconfigured;
import dev.comms.fake.Failures;
import dev.comms.fake.FakeCalls;
import dev.comms.fake.FakeEvents;
import dev.comms.fake.FakeTasks;
import dev.comms.fake.ManualTime;
import dev.comms.spi.EventTransport.Start;
import dev.comms.spi.Health;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class SettingsTest {
  private static final Call<String, String> STOCK =
      Call.named("stock.check", TEXT, TEXT)
          .asIdempotent()
          .answeredWithin(SECOND)
          .adjustable(Duration.ofMillis(10), Duration.ofSeconds(5));
  private static final Group GROUP = Group.named("readers").startsAt(Start.LATEST);

  private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
  private final ManualTime time = new ManualTime();
  private final FakeCalls there = new FakeCalls(FakeCalls.Attempt::echo);
  private final FakeTasks tasks = new FakeTasks();
  private final FakeEvents events = new FakeEvents();
  private final CountDownLatch release = new CountDownLatch(1);
  private Comms comms = builder().build();

  private Comms.Builder builder() {
    return Comms.service("test", meters).policies(policies()).time(time);
  }

  private Comms with(String... keysAndValues) {
    Map<String, String> all = new java.util.HashMap<>();
    for (int i = 0; i < keysAndValues.length; i += 2) {
      all.put(keysAndValues[i], keysAndValues[i + 1]);
    }
    return builder().settings(all).build();
  }

  private Duration limitOf(FakeCalls.Attempt attempt) {
    return attempt.deadline().remaining();
  }

  private FakeCalls.Attempt last() {
    return there.attempts.get(there.attempts.size() - 1);
  }

  @AfterEach
  void close() {
    release.countDown();
    Thread closing = new Thread(comms::close, "closing");
    closing.start();
    Awaitility.await()
        .until(
            () -> {
              time.advance(SECOND);
              return !closing.isAlive();
            });
  }

  @Test
  void aCallsLimitAndItsAttemptsAreWhatIsSet() {
    comms = with("call.stock.check.answered-within", "2s", "call.stock.check.attempts", "1");
    Calls calls = comms.calls(there);
    comms.start();
    calls.call(STOCK, "hi");
    assertThat(limitOf(last())).isEqualTo(Duration.ofSeconds(2));
    FakeCalls gone = there;
    CompletableFuture<String> failing = calls.callAsync(STOCK, "hi");
    assertThat(failing).isDone();
    assertThat(gone.attempts).hasSize(2);
  }

  @Test
  void everythingThatCannotBeReadIsReportedAtOnce() {
    assertThatExceptionOfType(Misconfigured.class)
        .isThrownBy(
            () ->
                with(
                    "call.x", "1",
                    "call.stock.check.answered-within", "soon",
                    "task.mail.concurrency", "0",
                    "event.seen@readers.paused", "maybe",
                    "call.stock.check.breaker", "half",
                    "task.mail.answered-within", "2s",
                    "policies.limits", "off"))
        .withMessageContainingAll(
            "call.x=1 is no setting; known are call.<contract>.answered-within",
            "'soon' must be a duration such as 300ms",
            "'0' must be 1 to 10,000",
            "'maybe' must be true or false",
            "'half' must be open or disabled",
            "task.mail.answered-within=2s is no setting",
            "'off' must be observe or enforce");
  }

  @Test
  void whatIsNotThereOrOutOfItsBoundsIsReportedAtTheStartAllAtOnce() {
    comms =
        builder()
            .contracts(STOCK, ECHO)
            .settings(
                Map.of(
                    "call.stock.check.answered-within", "6s",
                    "call.test.echo.answered-within", "1s",
                    "call.stock.chekc.attempts", "2",
                    "task.test.mail.attempts", "0",
                    "task.nobody.paused", "true",
                    "call.stock.check@elsewhere.breaker", "open"))
            .build();
    comms.calls(there);
    comms.tasks(tasks).handle(MAIL, Workers.of(1), (mail, context) -> {});
    assertThatExceptionOfType(Misconfigured.class)
        .isThrownBy(comms::start)
        .withMessageContainingAll(
            "must be PT0.01S to PT5S, as the contract declares",
            "is fixed at PT20S; declare bounds with adjustable(least, most)",
            "call.stock.chekc.attempts=2 names nothing in this service; known are"
                + " [stock.check, test.echo]",
            "task.test.mail.attempts=0: test.mail: attempts is 0 but must be 1 to 1000",
            "task.nobody.paused=true names nothing in this service; known are [test.mail]",
            "call.stock.check@elsewhere.breaker=open names nothing",
            "stock.check@there");
    assertThat(tasks.diary).doesNotContain("attach fake-tasks");
  }

  @Test
  void whatIsOnlySentIsCheckedAtItsFirstUse() {
    comms = with("call.stock.check.answered-within", "6s");
    Calls calls = comms.calls(there);
    comms.start();
    assertThat(failureOf(calls.callAsync(STOCK, "hi")))
        .isInstanceOf(Misconfigured.class)
        .hasMessageContaining("must be PT0.01S to PT5S");
    assertThatThrownBy(() -> calls.call(STOCK, "hi")).isInstanceOf(Misconfigured.class);
    assertThat(calls.call(ECHO, "hi")).isEqualTo("hi");
  }

  @Test
  void variablesOfTheEnvironmentMeanTheSameAsKeys() {
    comms =
        builder()
            .settingsFrom(
                Map.of(
                    "COMMS_CALL_STOCK_CHECK_ANSWERED_WITHIN", "2s",
                    "COMMS_TASK_TEST_MAIL_PAUSED", "true",
                    "COMMS_EVENT_TEST_SEEN_READERS_CONCURRENCY", "3",
                    "COMMS_POLICIES_BREAKER", "observe",
                    "COMMS_RABBIT_URI", "left alone",
                    "PATH", "/bin"))
            .build();
    Calls calls = comms.calls(there);
    comms.tasks(tasks).handle(MAIL, Workers.of(1), (mail, context) -> {});
    comms.events(events).handle(SEEN, GROUP, (seen, context) -> {});
    comms.start();
    assertThat(tasks.diary).containsSubsequence("consume tasks", "pause tasks");
    assertThat(events.consumer.slots).isEqualTo(3 * 64);
    calls.call(STOCK, "hi");
    assertThat(limitOf(last())).isEqualTo(Duration.ofSeconds(2));
    assertThat(comms.controls().effective())
        .containsOnlyKeys(
            "call.stock.check.answered-within",
            "task.test.mail.paused",
            "event.test.seen@readers.concurrency",
            "policies.breaker");
  }

  @Test
  void aVariableThatMayMeanTwoContractsIsRefused() {
    Call<String, String> other = Call.named("stock/check", TEXT, TEXT).answeredWithin(SECOND);
    comms =
        builder()
            .contracts(STOCK, other)
            .settingsFrom(Map.of("COMMS_CALL_STOCK_CHECK_ATTEMPTS", "2"))
            .build();
    assertThatExceptionOfType(Misconfigured.class)
        .isThrownBy(comms::start)
        .withMessageContainingAll("may mean any of [stock.check, stock/check]", "exact name");
    assertThatExceptionOfType(Misconfigured.class)
        .isThrownBy(() -> builder().settingsFrom(Map.of("COMMS_TASK_MAIL_ATEMPTS", "2")))
        .withMessageContaining("COMMS_TASK_MAIL_ATEMPTS=2 is no setting");
  }

  @Test
  void propertiesAreReadAndTheLaterOfTwoCounts() {
    Properties file = new Properties();
    file.setProperty("call.stock.check.answered-within", "2s");
    comms =
        builder()
            .settingsFrom(Map.of("COMMS_CALL_STOCK_CHECK_ANSWERED_WITHIN", "4s"))
            .settings(file)
            .build();
    Calls calls = comms.calls(there);
    comms.start();
    calls.call(STOCK, "hi");
    assertThat(limitOf(last())).isEqualTo(Duration.ofSeconds(2));
  }

  @Test
  void aDisabledBreakerLetsEverythingPass() {
    FakeCalls broken =
        new FakeCalls(one -> one.reply().completeExceptionally(Failures.unreachable()));
    comms = with("call.stock.check.breaker", "disabled");
    Calls calls = comms.calls(broken);
    comms.start();
    for (int i = 0; i < 50; i++) {
      assertThat(failureOf(calls.callAsync(STOCK.attempts(1), "hi")).kind())
          .isEqualTo(Kind.UNAVAILABLE);
    }
  }

  @Test
  void healthSaysWhatIsInForce() {
    comms = with("call.stock.check.answered-within", "2s", "policies.limits", "observe");
    Calls calls = comms.calls(there);
    comms.start();
    Health.Part before = settings();
    assertThat(before.state()).isEqualTo(Health.State.UP);
    assertThat(before.facts())
        .containsEntry("call.stock.check.answered-within", "2s (nothing of it used yet)")
        .containsEntry("policies.limits", "observe (instead of enforce)");
    calls.call(STOCK, "hi");
    time.advance(SECOND);
    comms.controls().set("call.stock.check.answered-within", "3s");
    assertThat(settings().since()).isEqualTo(before.since().plus(SECOND));
    assertThat(settings().facts())
        .containsEntry("call.stock.check.answered-within", "3s (instead of PT1S)");
  }

  private Health.Part settings() {
    return comms.health().parts().stream()
        .filter(part -> part.name().equals("settings"))
        .findFirst()
        .orElseThrow();
  }
}
