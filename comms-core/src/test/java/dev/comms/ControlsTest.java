package dev.comms;

import static dev.comms.Fixture.ECHO;
import static dev.comms.Fixture.MAIL;
import static dev.comms.Fixture.SECOND;
import static dev.comms.Fixture.TEXT;
import static dev.comms.Fixture.failureOf;
import static dev.comms.Fixture.policies;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.comms.contract.Call;
import dev.comms.contract.CommsException.Kind;
import dev.comms.contract.CommsException.Misconfigured;
import dev.comms.fake.Failures;
import dev.comms.fake.FakeCallServer;
import dev.comms.fake.FakeCalls;
import dev.comms.fake.FakeDelivery;
import dev.comms.fake.FakeTasks;
import dev.comms.fake.ManualTime;
import dev.comms.spi.Subscription;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ControlsTest {
  private static final Call<String, String> STOCK =
      Call.named("stock.check", TEXT, TEXT)
          .asIdempotent()
          .answeredWithin(SECOND)
          .adjustable(Duration.ofMillis(10), Duration.ofSeconds(5));

  private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
  private final ManualTime time = new ManualTime();
  private final FakeCalls there = new FakeCalls(FakeCalls.Attempt::echo);
  private final FakeTasks tasks = new FakeTasks();
  private final CountDownLatch release = new CountDownLatch(1);
  private Comms comms = builder().build();

  private Comms.Builder builder() {
    return Comms.service("test", meters).policies(policies()).time(time);
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
  void whileItRunsALimitIsSetAndClearedAgain() {
    Calls calls = comms.calls(there);
    comms.start();
    calls.call(STOCK, "hi");
    assertThat(limitOf(last())).isEqualTo(SECOND);
    comms.controls().by("ann").set("call.stock.check.answered-within", "PT3S");
    calls.call(STOCK, "hi");
    assertThat(limitOf(last())).isEqualTo(Duration.ofSeconds(3));
    assertThat(comms.controls().effective())
        .containsExactly(Map.entry("call.stock.check.answered-within", "PT3S"));
    comms.controls().clear("call.stock.check.answered-within");
    calls.call(STOCK, "hi");
    assertThat(limitOf(last())).isEqualTo(SECOND);
    assertThat(comms.controls().effective()).isEmpty();
    assertThat(meters.get("comms.settings.changes").counter().count()).isEqualTo(2);
  }

  @Test
  void aChangeOfOneContractLeavesAnotherOnesBreakerAndItsOwnAsTheyWere() {
    FakeCalls broken =
        new FakeCalls(one -> one.reply().completeExceptionally(Failures.unreachable()));
    Calls calls = comms.calls(broken);
    comms.start();
    for (int i = 0; i < 20; i++) {
      failureOf(calls.callAsync(STOCK.attempts(1), "hi"));
    }
    comms.controls().set("call.stock.check.attempts", "1");
    assertThat(failureOf(calls.callAsync(STOCK, "hi")).kind()).isEqualTo(Kind.CIRCUIT_OPEN);
  }

  @Test
  void aBreakerIsForcedOpenOrDisabledForOneContractAtOneDestination() {
    Calls calls = comms.calls(there);
    comms.start();
    assertThat(calls.call(STOCK, "hi")).isEqualTo("hi");
    comms.controls().set("call.stock.check@there.breaker", "open");
    var refused = failureOf(calls.callAsync(STOCK, "hi"));
    assertThat(refused.kind()).isEqualTo(Kind.CIRCUIT_OPEN);
    assertThat(refused).hasMessageContaining("an operator has forced the breaker");
    assertThat(calls.call(ECHO, "hi")).isEqualTo("hi");
    comms.controls().set("policies.breaker", "observe");
    assertThat(failureOf(calls.callAsync(STOCK, "hi")).kind())
        .as("forced is forced")
        .isEqualTo(Kind.CIRCUIT_OPEN);
    comms.controls().clear("call.stock.check@there.breaker");
    assertThat(calls.call(STOCK, "hi")).isEqualTo("hi");
    assertThatThrownBy(() -> comms.controls().set("call.stock.check@nowhere.breaker", "open"))
        .hasMessageContaining("stock.check@there");
  }

  @Test
  void limitsAreSwitchedToObserveWhileTheyRefuse() {
    FakeCalls silent = new FakeCalls(one -> {});
    comms = builder().policies(policies().inFlight(1)).build();
    Calls calls = comms.calls(silent);
    comms.start();
    CompletableFuture<String> first = calls.callAsync(STOCK, "hi");
    assertThat(failureOf(calls.callAsync(STOCK, "hi")).kind()).isEqualTo(Kind.OVERLOADED);
    comms.controls().set("policies.limits", "observe");
    calls.callAsync(STOCK, "hi");
    assertThat(silent.attempts).hasSize(2);
    first.cancel(true);
  }

  @Test
  void aConsumerIsHeldByItsOperatorAndItsServiceEachOnItsOwn() {
    Subscription mine = comms.tasks(tasks).handle(MAIL, Workers.of(1), (mail, context) -> {});
    comms.start();
    comms.controls().set("task.test.mail.paused", "true");
    assertThat(tasks.diary).endsWith("pause tasks");
    mine.pause();
    mine.resume();
    assertThat(tasks.diary).as("the operator still holds it").endsWith("pause tasks");
    comms.controls().set("task.test.mail.paused", "false");
    assertThat(tasks.diary).endsWith("resume tasks");
  }

  @Test
  void aHandlersConcurrencyIsTurnedDownAndUpWhileItRuns() {
    AtomicInteger running = new AtomicInteger();
    comms
        .tasks(tasks)
        .handle(
            MAIL,
            Workers.of(3),
            (mail, context) -> {
              running.incrementAndGet();
              release.await();
            });
    comms.start();
    comms.controls().set("task.test.mail.concurrency", "1");
    for (String id : List.of("1", "2", "3")) {
      tasks.consumer.deliver(FakeDelivery.of("test.mail", id, null, "hi"));
    }
    Awaitility.await().until(() -> running.get() == 1);
    comms.controls().set("task.test.mail.concurrency", "2");
    Awaitility.await().until(() -> running.get() == 2);
    comms.controls().clear("task.test.mail.concurrency");
    Awaitility.await().until(() -> running.get() == 3);
    assertThatThrownBy(() -> comms.controls().set("task.test.mail.concurrency", "4"))
        .isInstanceOf(Misconfigured.class)
        .hasMessageContaining("set it before the start");
  }

  @Test
  void aTasksAttemptsAreThoseOfTheMomentInWhichOneFails() {
    comms
        .tasks(tasks)
        .handle(
            MAIL,
            Workers.of(1),
            (mail, context) -> {
              throw new IllegalStateException("no");
            });
    comms.start();
    FakeDelivery first = tasks.consumer.deliver(FakeDelivery.of("test.mail", "1", null, "hi"));
    assertThat(Fixture.valueOf(first.settled)).isEqualTo("retry");
    comms.controls().set("task.test.mail.attempts", "1");
    FakeDelivery second = tasks.consumer.deliver(FakeDelivery.of("test.mail", "2", null, "hi"));
    assertThat(Fixture.valueOf(second.settled)).isEqualTo("dead: attempts");
  }

  @Test
  void aServersLimitIsWhatIsSetAndItsTransportDoesNotCutIt() {
    FakeCallServer server = new FakeCallServer();
    AtomicInteger left = new AtomicInteger();
    comms
        .serve(server)
        .answer(
            STOCK,
            (request, context) -> {
              left.set((int) context.deadline().remaining().toMillis());
              return request;
            });
    comms.start();
    assertThat(server.contracts())
        .singleElement()
        .satisfies(known -> assertThat(known.limit()).isEqualTo(Duration.ofSeconds(5)));
    comms.controls().set("call.stock.check.answered-within", "4s");
    Fixture.valueOf(
        server
            .answerer(server.contracts().iterator().next())
            .answer(
                FakeDelivery.message("stock.check", "1", "hi"),
                dev.comms.contract.Deadline.after(time, Duration.ofSeconds(10))));
    assertThat(left.get()).isEqualTo(4000);
  }

  @Test
  void controlsRefuseWhatTheyCannotDo() {
    Calls calls = comms.calls(there);
    comms.start();
    Controls controls = comms.controls();
    assertThatThrownBy(() -> controls.set("call.stock.check.answered-within", "2s"))
        .hasMessageContaining("names nothing in this service");
    calls.call(STOCK, "hi");
    controls.set("call.stock.check.answered-within", "2s");
    assertThatThrownBy(() -> controls.set("call.stock.check.answered-within", "1h"))
        .hasMessageContaining("as the contract declares");
    assertThatThrownBy(() -> controls.set("nonsense", "1")).hasMessageContaining("is no setting");
    assertThatThrownBy(() -> controls.clear("policies.limits"))
        .hasMessageContaining("overridden are [call.stock.check.answered-within]");
    assertThat(controls.effective()).containsEntry("call.stock.check.answered-within", "2s");
  }
}
