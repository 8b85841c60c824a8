package dev.comms;

import static dev.comms.Fixture.ECHO;
import static dev.comms.Fixture.SEEN;
import static dev.comms.Fixture.TEXT;
import static dev.comms.Fixture.comms;
import static dev.comms.Fixture.failureOf;
import static dev.comms.Fixture.policies;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;

import dev.comms.contract.Call;
import dev.comms.contract.CommsException;
import dev.comms.contract.CommsException.Facts;
import dev.comms.contract.CommsException.Kind;
import dev.comms.contract.CommsException.Malformed;
import dev.comms.contract.Contract;
import dev.comms.contract.Deadline;
import dev.comms.contract.Download;
import dev.comms.contract.Effect;
import dev.comms.contract.Fault;
import dev.comms.contract.Time;
import dev.comms.fake.FakeCallServer;
import dev.comms.fake.FakeCalls;
import dev.comms.fake.FakeDelivery;
import dev.comms.fake.FakeEvents;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.assertj.core.api.Assertions;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class CallsTest {
  private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
  private Comms comms = comms(meters, policies());

  @AfterEach
  void close() {
    comms.close();
  }

  private Calls calling(FakeCalls transport) {
    Calls calls = comms.calls(transport);
    comms.start();
    return calls;
  }

  @Test
  void aRequestThatCannotBeEncodedIsNotSent() {
    FakeCalls there = new FakeCalls(FakeCalls.Attempt::echo);
    Calls calls = calling(there);
    assertThatExceptionOfType(Malformed.class)
        .isThrownBy(() -> calls.call(ECHO, "bad"))
        .withMessageContainingAll("test.echo", "cannot be encoded");
    assertThat(failureOf(calls.callAsync(ECHO, "bad")).fault()).isEqualTo(Fault.CALLER);
    assertThat(there.attempts).isEmpty();
  }

  @Test
  void aReplyThatCannotBeDecodedIsTheOtherSidesFault() {
    Calls calls =
        calling(
            new FakeCalls(
                one -> one.reply().complete(FakeDelivery.message("test.echo", "1", "bad"))));
    CommsException failure = failureOf(calls.callAsync(ECHO, "hi"));
    assertThat(failure.kind()).isEqualTo(Kind.MALFORMED);
    assertThat(failure.fault()).isEqualTo(Fault.REMOTE);
    assertThat(failure.effect()).as("whoever answered has acted").isEqualTo(Effect.POSSIBLE);
    assertThat(
            meters.get("rpc.client.call.duration").tag("error.type", "MALFORMED").timer().count())
        .isEqualTo(1);
  }

  @Test
  void aViewSendsItsHeadersAndTheOriginalDoesNot() {
    FakeCalls there = new FakeCalls(FakeCalls.Attempt::echo);
    Calls calls = calling(there);
    calls.header("x-tenant", "a").header("x-user", "b").call(ECHO, "hi");
    calls.call(ECHO, "hi");
    assertThat(there.attempts.get(0).message().headers())
        .containsEntry("x-tenant", "a")
        .containsEntry("x-user", "b");
    assertThat(there.attempts.get(1).message().headers()).isEmpty();
    assertThatIllegalArgumentException().isThrownBy(() -> calls.header("comms-attempt", "1"));
  }

  @Test
  void eachMessageHasAnIdOfItsOwnAndItsContractsNames() {
    FakeCalls there = new FakeCalls(FakeCalls.Attempt::echo);
    Calls calls = calling(there);
    calls.call(ECHO, "hi");
    calls.call(ECHO, "hi");
    var first = there.attempts.get(0).message();
    assertThat(first.id()).isNotEqualTo(there.attempts.get(1).message().id());
    assertThat(first.contract()).isEqualTo("test.echo");
    assertThat(first.contentType()).isEqualTo("text/plain");
  }

  @Test
  void cancellingReachesTheWire() {
    FakeCalls there = new FakeCalls(attempt -> {});
    CompletableFuture<String> answer = calling(there).callAsync(ECHO, "hi");
    assertThat(answer.cancel(true)).isTrue();
    assertThat(there.attempts.get(0).reply()).isCancelled();
    await()
        .until(
            () ->
                meters.find("rpc.client.call.duration").tag("error.type", "CANCELLED").timer()
                    != null);
  }

  @Test
  void whoeverWaitsIsToldWhenTheTransportForgetsTheDeadline() {
    FakeCalls there = new FakeCalls(attempt -> {});
    Calls calls = calling(there).within(Duration.ofMillis(50));
    assertThatExceptionOfType(CommsException.DeadlineExceeded.class)
        .isThrownBy(() -> calls.call(ECHO, "hi"))
        .satisfies(failure -> assertThat(failure.effect()).isEqualTo(Effect.POSSIBLE));
    assertThat(there.attempts.get(0).reply()).isCancelled();
  }

  @Test
  void whoeverIsInterruptedStopsWaitingAndKeepsTheFlag() throws Exception {
    FakeCalls there = new FakeCalls(attempt -> {});
    Calls calls = calling(there);
    CompletableFuture<CommsException> told = new CompletableFuture<>();
    AtomicBoolean flag = new AtomicBoolean();
    Thread waiting =
        new Thread(
            () -> {
              try {
                calls.call(ECHO, "hi");
              } catch (CommsException failure) {
                flag.set(Thread.currentThread().isInterrupted());
                told.complete(failure);
              }
            },
            "waiting");
    waiting.start();
    await().until(() -> there.attempts.size() == 1);
    waiting.interrupt();
    assertThat(Fixture.valueOf(told).kind()).isEqualTo(Kind.CANCELLED);
    assertThat(flag).isTrue();
    waiting.join();
  }

  @Test
  void aPolicyThatThrowsAnErrorFailsTheMessageAndGivesItsPlaceBack() {
    comms =
        comms(
            meters,
            policies()
                .inFlight(1)
                .aroundAttempt(
                    (exchange, next) -> {
                      throw new AssertionError("a bad policy");
                    }));
    Calls calls = calling(new FakeCalls(FakeCalls.Attempt::echo));
    for (int i = 0; i < 3; i++) {
      assertThat(failureOf(calls.callAsync(ECHO, "hi")))
          .hasMessageContaining("AssertionError: a bad policy");
    }
  }

  @Test
  void contractsThatAreMadeAnewForEachCallAreALeakAndSaidSo() {
    Calls calls = calling(new FakeCalls(FakeCalls.Attempt::echo));
    for (int i = 0; i < 1_000; i++) {
      calls.call(fresh(), "hi");
    }
    assertThat(failureOf(calls.callAsync(fresh(), "hi")))
        .isInstanceOf(CommsException.Misconfigured.class)
        .hasMessageContainingAll("test.fresh", "more than 1000 contracts", "as constants");
  }

  private static Call<String, String> fresh() {
    return Call.named("test.fresh", TEXT, TEXT).answeredWithin(Duration.ofSeconds(20));
  }

  @Test
  void anEventWhoseKeyCannotBeFoundIsMalformed() {
    FakeEvents log = new FakeEvents();
    Events events = comms.events(log);
    comms.start();
    var broken =
        SEEN.keyedBy(
            text -> {
              throw new IllegalStateException("no key");
            });
    assertThat(failureOf(events.publishAsync(broken, "hi"))).isInstanceOf(Malformed.class);
    assertThat(log.published).isEmpty();
  }

  @Test
  void aCallIsAnsweredUnderItsFormerNamesTooAndNoNameIsTakenTwice() {
    FakeCallServer transport = new FakeCallServer();
    Server server = comms.serve(transport);
    Call<String, String> renamed = ECHO.alias("old.echo");
    server.answer(renamed, (request, context) -> context.contract() + " " + request);
    assertThatExceptionOfType(CommsException.Misconfigured.class)
        .isThrownBy(() -> server.answer(ECHO.as("old.echo"), (request, context) -> request))
        .withMessageContainingAll("old.echo", "has a handler already");
    comms.start();
    for (Call<String, String> one : List.of(renamed, renamed.as("old.echo"))) {
      var reply =
          transport
              .answerer(one(transport, one.name()))
              .answer(
                  FakeDelivery.message(one.name(), "id-1", "hi"),
                  Deadline.after(Time.system(), Duration.ofSeconds(5)));
      assertThat(Fixture.valueOf(reply).body()).asString().isEqualTo("test.echo hi");
    }
  }

  /** A relay that asks another server of the same contract has acted, whatever that one says. */
  @Test
  void anotherServersNoEffectIsNotThisHandlersWord() {
    FakeCallServer transport = new FakeCallServer();
    CommsException shed =
        new CommsException.Overloaded(
            Facts.of(ECHO.name())
                .effect(Effect.NONE)
                .fault(Fault.OVERLOAD)
                .times(List.of(Duration.ofMillis(1)))
                .message("too busy"));
    comms
        .serve(transport)
        .answer(
            ECHO,
            (request, context) -> {
              throw shed;
            });
    comms.start();
    var reply =
        transport
            .answerer(one(transport, ECHO.name()))
            .answer(
                FakeDelivery.message(ECHO.name(), "id-1", "hi"),
                Deadline.after(Time.system(), Duration.ofSeconds(5)));

    assertThat(failureOf(reply)).isInstanceOf(CommsException.Failed.class).hasCause(shed);
  }

  private static Contract one(FakeCallServer transport, String name) {
    return transport.contracts().stream()
        .filter(contract -> contract.name().equals(name))
        .findFirst()
        .orElseThrow();
  }

  @Test
  void aBlockingVerbInAContinuationIsRefusedBeforeItHoldsUpTheOthers() {
    FakeCalls there = new FakeCalls(silent -> {});
    Calls calls = calling(there);
    CompletableFuture<String> nested =
        calls.callAsync(ECHO, "hi").thenApply(reply -> calls.call(ECHO, reply));
    Objects.requireNonNull(there.host).callbacks().execute(there.attempts.get(0)::echo);
    assertThat(failureOf(nested))
        .isInstanceOf(CommsException.Misconfigured.class)
        .hasMessageContainingAll("test.echo", "...Async", "thenApplyAsync");
    assertThat(there.attempts).as("nothing of it was sent").hasSize(1);
  }

  @Test
  void aBlockingVerbInACallbackOnTheWaitingThreadIsRefusedToo() {
    AtomicReference<Calls> calls = new AtomicReference<>();
    List<CommsException> refused = new ArrayList<>();
    AtomicReference<FakeCalls> there = new AtomicReference<>();
    there.set(
        new FakeCalls(
            attempt ->
                Objects.requireNonNull(there.get().host)
                    .callbacksHere()
                    .execute(
                        () -> {
                          refused.add(
                              catchThrowableOfType(
                                  CommsException.class, () -> calls.get().call(ECHO, "nested")));
                          attempt.echo();
                        })));
    calls.set(calling(there.get()));

    assertThat(calls.get().call(ECHO, "hi")).isEqualTo("hi");
    assertThat(refused)
        .singleElement()
        .isInstanceOf(CommsException.Misconfigured.class)
        .extracting(Throwable::getMessage)
        .asString()
        .contains("a blocking verb was called in a continuation");
    assertThat(there.get().attempts).as("nothing of it was sent").hasSize(1);
  }

  @Test
  void aLimitThatCannotBeIsRefusedWhereItIsNamed() {
    Calls calls = comms.calls(new FakeCalls(FakeCalls.Attempt::echo));
    for (Duration bad : List.of(Duration.ZERO, Duration.ofMillis(-1), Duration.ofDays(8))) {
      assertThatIllegalArgumentException()
          .isThrownBy(() -> calls.within(bad))
          .withMessageContainingAll("calls: within is " + bad, "at most PT168H");
    }
    Assertions.assertThatNullPointerException()
        .isThrownBy(() -> calls.within(null))
        .withMessageContaining("within is null");
  }

  @Test
  void aStreamIsAnsweredUnderItsFormerNamesToo() {
    FakeCallServer transport = new FakeCallServer();
    Server server = comms.serve(transport);
    Download<String, String> watch =
        Download.named("test.watch", TEXT, TEXT)
            .firstWithin(Duration.ofSeconds(5))
            .idleWithin(Duration.ofSeconds(5))
            .totalWithin(Duration.ofSeconds(5));
    server.stream(watch.alias("old.watch").alias("older.watch"), (request, out, context) -> {});
    comms.start();
    assertThat(transport.contracts())
        .extracting(Contract::name)
        .containsExactlyInAnyOrder("test.watch", "old.watch", "older.watch");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> watch.alias("test.watch"))
        .withMessageContaining("is its name already");
  }
}
