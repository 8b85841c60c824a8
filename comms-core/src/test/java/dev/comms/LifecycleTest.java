package dev.comms;

import static dev.comms.Fixture.ECHO;
import static dev.comms.Fixture.MAIL;
import static dev.comms.Fixture.SEEN;
import static dev.comms.Fixture.comms;
import static dev.comms.Fixture.failureOf;
import static dev.comms.Fixture.policies;
import static dev.comms.Fixture.valueOf;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.comms.contract.Backoff;
import dev.comms.contract.CommsException.Kind;
import dev.comms.contract.CommsException.Misconfigured;
import dev.comms.contract.Fault;
import dev.comms.fake.Failures;
import dev.comms.fake.FakeCallServer;
import dev.comms.fake.FakeCalls;
import dev.comms.fake.FakeDelivery;
import dev.comms.fake.FakeEvents;
import dev.comms.fake.FakeTasks;
import dev.comms.policy.Policies;
import dev.comms.spi.EventTransport.Start;
import dev.comms.spi.Health;
import dev.comms.spi.Subscription;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class LifecycleTest {
  private static final Group GROUP = Group.named("readers").startsAt(Start.LATEST);

  private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
  private final List<String> diary = new CopyOnWriteArrayList<>();
  private final FakeCalls calls = new FakeCalls(FakeCalls.Attempt::echo, diary);
  private final FakeTasks tasks = new FakeTasks(diary);
  private final FakeEvents events = new FakeEvents(diary);
  private final FakeCallServer server = new FakeCallServer(diary);
  private final CountDownLatch release = new CountDownLatch(1);
  private Comms comms = comms(meters, policies());

  @AfterEach
  void close() {
    release.countDown();
    comms.close();
  }

  @Test
  void itConnectsThenConsumesThenListensAndClosesTheOtherWayRound() {
    comms.calls(calls);
    comms.tasks(tasks).handle(MAIL, Workers.of(1), (mail, context) -> {});
    comms.events(events).handle(SEEN, GROUP, (seen, context) -> {});
    comms.serve(server).answer(ECHO, (request, context) -> request);
    assertThat(diary).as("no I/O before start").isEmpty();
    comms.start();
    assertThat(diary.indexOf("attach fake-server"))
        .isGreaterThan(diary.indexOf("consume tasks"))
        .isGreaterThan(diary.indexOf("answer"));
    assertThat(diary.indexOf("consume tasks")).isGreaterThan(diary.indexOf("attach fake-events"));
    diary.clear();
    comms.close();
    assertThat(diary.get(0)).isEqualTo("drain fake-server");
    assertThat(diary.indexOf("close tasks"))
        .isGreaterThan(diary.indexOf("drain tasks"))
        .isLessThan(diary.indexOf("drain fake-tasks"));
    assertThat(diary)
        .contains("close fake-calls", "close fake-tasks", "close fake-events", "close fake-server");
    diary.clear();
    comms.close();
    assertThat(diary).as("a second call does nothing").isEmpty();
  }

  @Test
  void verbsBeforeTheStartAreRefused() {
    Calls toThere = comms.calls(calls);
    Tasks mails = comms.tasks(tasks);
    Events log = comms.events(events);
    for (CompletableFuture<?> refused :
        List.of(
            toThere.callAsync(ECHO, "hi"),
            mails.submitAsync(MAIL, "hi"),
            log.publishAsync(SEEN, "hi"))) {
      assertThat(failureOf(refused))
          .isInstanceOf(Misconfigured.class)
          .hasMessageContaining("used before comms.start()");
    }
    assertThatThrownBy(() -> toThere.call(ECHO, "hi")).isInstanceOf(Misconfigured.class);
  }

  @Test
  void verbsAfterTheCloseAreRefusedWithoutEffect() {
    Tasks mails = comms.tasks(tasks);
    comms.start();
    comms.close();
    var failure = failureOf(mails.submitAsync(MAIL, "hi"));
    assertThat(failure.kind()).isEqualTo(Kind.UNAVAILABLE);
    assertThat(failure.fault()).isEqualTo(Fault.LOCAL);
    assertThat(failure).hasMessageContaining("used after comms.close()");
    assertThat(tasks.sent).isEmpty();
  }

  @Test
  void closingLetsARunningHandlerEndAndItMayStillUseItsClients() throws Exception {
    Calls toThere = comms.calls(calls);
    CountDownLatch begun = new CountDownLatch(1);
    comms
        .tasks(tasks)
        .handle(
            MAIL,
            Workers.of(1),
            (mail, context) -> {
              begun.countDown();
              release.await();
              toThere.call(ECHO, "still there?");
            });
    comms.start();
    FakeDelivery delivery = tasks.consumer.deliver(FakeDelivery.of("test.mail", "1", null, "hi"));
    begun.await();
    CompletableFuture<Void> closed = CompletableFuture.runAsync(comms::close);
    org.awaitility.Awaitility.await().until(() -> diary.contains("drain tasks"));
    assertThat(closed).isNotDone();
    release.countDown();
    assertThat(valueOf(delivery.settled)).isEqualTo("done");
    valueOf(closed);
    assertThat(calls.attempts).hasSize(1);
  }

  @Test
  void aHandlerThatDoesNotEndInTimeIsInterruptedAndItsTaskGivenBack() throws Exception {
    comms =
        Comms.service("test", meters)
            .policies(policies())
            .drainWithin(Duration.ofMillis(100))
            .build();
    CountDownLatch begun = new CountDownLatch(1);
    comms
        .tasks(tasks)
        .handle(
            MAIL,
            Workers.of(1),
            (mail, context) -> {
              begun.countDown();
              release.await();
            });
    comms.start();
    FakeDelivery delivery = tasks.consumer.deliver(FakeDelivery.of("test.mail", "1", null, "hi"));
    begun.await();
    comms.close();
    assertThat(valueOf(delivery.settled)).isEqualTo("given back");
  }

  @Test
  void whenAnythingCannotBeReachedAllIsClosedAgain() {
    comms.tasks(tasks).handle(MAIL, Workers.of(1), (mail, context) -> {});
    comms.calls(calls);
    tasks.attached = CompletableFuture.failedFuture(Failures.unreachable());
    assertThatThrownBy(comms::start).hasMessageContaining("no way");
    assertThat(diary).contains("close fake-tasks", "close fake-calls");
    assertThat(diary).doesNotContain("consume tasks");
    assertThatThrownBy(comms::start).isInstanceOf(Misconfigured.class);
  }

  @Test
  void whenAServerCannotListenAllIsClosedAgain() {
    comms.tasks(tasks).handle(MAIL, Workers.of(1), (mail, context) -> {});
    comms.serve(server).answer(ECHO, (request, context) -> request);
    server.attached = CompletableFuture.failedFuture(new IllegalStateException("port 1 in use"));
    assertThatThrownBy(comms::start).hasMessageContaining("port 1 in use");
    assertThat(diary).contains("close tasks", "close fake-tasks", "close fake-server");
  }

  @Test
  void oneTransportThatCannotBeDrainedKeepsNoOtherFromBeingClosed() {
    FakeCalls bad =
        new FakeCalls(FakeCalls.Attempt::echo, diary) {
          @Override
          public CompletableFuture<Void> drain(dev.comms.contract.Deadline deadline) {
            throw new IllegalStateException("a bug of the transport");
          }
        };
    comms.calls(bad);
    comms.tasks(tasks);
    comms.start();
    comms.close();
    assertThat(diary).contains("close fake-calls", "drain fake-tasks", "close fake-tasks");
  }

  @Test
  void oneContractHasOneHandler() {
    Tasks mails = comms.tasks(tasks);
    mails.handle(MAIL, Workers.of(1), (mail, context) -> {});
    assertThatExceptionOfType(Misconfigured.class)
        .isThrownBy(() -> mails.handle(MAIL, Workers.of(1), (mail, context) -> {}))
        .withMessageContainingAll("task test.mail", "has a handler already", "concurrency");
    Server serving = comms.serve(server).answer(ECHO, (request, context) -> request);
    assertThatExceptionOfType(Misconfigured.class)
        .isThrownBy(() -> serving.answer(ECHO.attempts(1), (request, context) -> request))
        .withMessageContaining("test.echo");
    Events log = comms.events(events);
    log.handle(SEEN, GROUP, (seen, context) -> {});
    log.handle(SEEN, Group.named("others").startsAt(Start.LATEST), (seen, context) -> {});
    assertThatExceptionOfType(Misconfigured.class)
        .isThrownBy(() -> log.handle(SEEN, GROUP, (seen, context) -> {}))
        .withMessageContainingAll("test.seen", "readers");
  }

  @Test
  void aConsumerMayComeLaterButNoTransportAndNoAnswer() {
    Tasks mails = comms.tasks(tasks);
    Server serving = comms.serve(server);
    comms.start();
    mails.handle(MAIL, Workers.of(1), (mail, context) -> {});
    assertThat(diary).contains("consume tasks");
    assertThatThrownBy(() -> comms.calls(calls)).isInstanceOf(Misconfigured.class);
    assertThatThrownBy(() -> serving.answer(ECHO, (request, context) -> request))
        .isInstanceOf(Misconfigured.class);
    comms.close();
    assertThatThrownBy(() -> comms.events(events)).isInstanceOf(Misconfigured.class);
  }

  @Test
  void whatIsPausedBeforeTheStartIsPausedAtTheStart() {
    Subscription subscription =
        comms.tasks(tasks).handle(MAIL, Workers.of(1), (mail, context) -> {});
    subscription.pause();
    assertThat(subscription.health().state()).isEqualTo(Health.State.STARTING);
    comms.start();
    assertThat(diary).containsSubsequence("consume tasks", "pause tasks");
    subscription.resume();
    assertThat(diary).contains("resume tasks");
  }

  @Test
  void oneTransportThatIsUsedTwiceIsAttachedOnce() {
    comms.tasks(tasks);
    comms.tasks(tasks);
    comms.start();
    assertThat(diary).containsExactly("attach fake-tasks");
    assertThat(comms.health().state()).isEqualTo(Health.State.UP);
  }

  @Test
  void aHandlerThatHidesItsInterruptIsGivenBackWhenItsServiceEnds() throws Exception {
    comms =
        Comms.service("test", meters)
            .policies(policies())
            .drainWithin(Duration.ofMillis(100))
            .build();
    CountDownLatch begun = new CountDownLatch(1);
    comms
        .tasks(tasks)
        .handle(
            MAIL,
            Workers.of(1),
            (mail, context) -> {
              begun.countDown();
              try {
                release.await();
              } catch (InterruptedException hidden) {
                throw new IllegalStateException("as drivers do", hidden);
              }
            });
    comms.start();
    FakeDelivery delivery = tasks.consumer.deliver(FakeDelivery.of("test.mail", "1", null, "hi"));
    begun.await();
    comms.close();
    assertThat(valueOf(delivery.settled)).isEqualTo("given back");
  }

  @Test
  void aServerWhoseStreamsStayOpenDoesNotUseUpTheConsumersTime() {
    server.drained = new CompletableFuture<>();
    comms = Comms.service("test", meters).drainWithin(Duration.ofMinutes(5)).build();
    comms.serve(server).answer(ECHO, (request, context) -> request);
    comms.tasks(tasks).handle(MAIL, Workers.of(1), (mail, context) -> {});
    comms.start();
    CompletableFuture<Void> closed = CompletableFuture.runAsync(comms::close);
    org.awaitility.Awaitility.await().until(() -> diary.contains("drain tasks"));
    assertThat(closed).isNotDone();
    server.drained.complete(null);
    valueOf(closed);
  }

  @Test
  void oneSubscriptionThatCannotBeClosedKeepsNoOtherOpen() {
    comms.tasks(tasks).handle(MAIL, Workers.of(1), (mail, context) -> {});
    comms.events(events).handle(SEEN, GROUP, (seen, context) -> {});
    tasks.consumer.closing = new IllegalStateException("a bug of the transport");
    comms.start();
    comms.close();
    assertThat(diary)
        .contains("close tasks", "close events", "close fake-tasks", "close fake-events");
  }

  @Test
  void whatWaitsForItsNextAttemptEndsWhenItsServiceEnds() {
    Policies slow = policies().backoff(new Backoff(Duration.ofMillis(300), Duration.ofMillis(300)));
    comms = comms(meters, slow);
    FakeCalls gone =
        new FakeCalls(one -> one.reply().completeExceptionally(Failures.unreachable()));
    Calls toThere = comms.calls(gone);
    comms.start();
    CompletableFuture<String> waiting = toThere.callAsync(ECHO, "hi");
    comms.close();
    assertThat(failureOf(waiting).kind()).isEqualTo(Kind.UNAVAILABLE);
  }

  @Test
  void aSecondStartIsRefusedAndTheFirstOneGoesOn() {
    Calls toThere = comms.calls(calls);
    comms.start();
    assertThatThrownBy(comms::start)
        .isInstanceOf(Misconfigured.class)
        .hasMessageContaining("comms.start() was called before");
    assertThat(toThere.call(ECHO, "hi")).isEqualTo("hi");
  }

  @Test
  void whatIsClosedWhileItStartsNeverConsumes() {
    comms.tasks(tasks).handle(MAIL, Workers.of(1), (mail, context) -> {});
    tasks.attached = new CompletableFuture<>();
    CompletableFuture<Void> started = CompletableFuture.runAsync(comms::start);
    org.awaitility.Awaitility.await().until(() -> diary.contains("attach fake-tasks"));
    comms.close();
    tasks.attached.complete(null);
    assertThat(failureOf(started))
        .isInstanceOf(Misconfigured.class)
        .hasMessageContaining("closed while it was starting");
    assertThat(diary).contains("close fake-tasks").doesNotContain("consume tasks");
  }

  @Test
  void whatIsClosedWhileItBeginsToListenStopsListening() {
    comms.serve(server).answer(ECHO, (request, context) -> request);
    server.attached = new CompletableFuture<>();
    CompletableFuture<Void> started = CompletableFuture.runAsync(comms::start);
    org.awaitility.Awaitility.await().until(() -> diary.contains("attach fake-server"));
    comms.close();
    diary.clear();
    server.attached.complete(null);
    assertThat(failureOf(started))
        .isInstanceOf(Misconfigured.class)
        .hasMessageContaining("closed while it was starting");
    assertThat(diary).contains("close fake-server");
  }
}
