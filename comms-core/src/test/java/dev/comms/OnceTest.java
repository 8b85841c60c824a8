package dev.comms;

import static dev.comms.Fixture.MAIL;
import static dev.comms.Fixture.SEEN;
import static dev.comms.Fixture.comms;
import static dev.comms.Fixture.policies;
import static dev.comms.Fixture.valueOf;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.comms.contract.Task;
import dev.comms.contract.Verdict;
import dev.comms.fake.Failures;
import dev.comms.fake.FakeDelivery;
import dev.comms.fake.FakeEvents;
import dev.comms.fake.FakeTasks;
import dev.comms.spi.Ability;
import dev.comms.spi.EventTransport.Start;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What is handled at most once, and what goes on later. */
class OnceTest {
  private static final Task<String> ONCE = MAIL.atMostOnce();

  private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
  private final Comms comms = comms(meters, policies());
  private final FakeTasks transport = new FakeTasks();
  private final FakeDelivery delivery = FakeDelivery.of("test.mail", "1", null, "hi");
  private final List<String> handled = new CopyOnWriteArrayList<>();
  private final CountDownLatch release = new CountDownLatch(1);

  @AfterEach
  void close() {
    release.countDown();
    comms.close();
  }

  private double lost() {
    return meters.find("comms.lost").counters().stream().mapToDouble(one -> one.count()).sum();
  }

  @Test
  void whatIsDoneAtMostOnceIsSettledBeforeItsHandlerBegins() {
    comms
        .tasks(transport)
        .handle(ONCE, Workers.of(1), (mail, context) -> handled.addAll(delivery.settlements));
    comms.start();
    delivery.settling = new CompletableFuture<>();
    transport.consumer.deliver(delivery);
    assertThat(valueOf(delivery.settled)).isEqualTo("done");
    assertThat(handled).as("while the broker has not confirmed").isEmpty();
    delivery.settling.complete(null);
    await().until(() -> handled.size() == 1);
    assertThat(handled).containsExactly("done");
    assertThat(delivery.settlements).containsExactly("done");
  }

  @Test
  void whatCannotBeSettledIsNotHandled() {
    comms.tasks(transport).handle(ONCE, Workers.of(1), (mail, context) -> handled.add(mail));
    comms.start();
    delivery.settling = CompletableFuture.failedFuture(Failures.broken());
    transport.consumer.deliver(delivery);
    FakeDelivery next = transport.consumer.deliver(FakeDelivery.of("test.mail", "2", null, "next"));
    await().until(() -> handled.contains("next"));
    assertThat(handled).containsExactly("next");
    assertThat(delivery.settlements).containsExactly("done");
    assertThat(valueOf(next.settled)).isEqualTo("done");
    assertThat(lost()).as("it comes again, so it is not lost").isZero();
  }

  @Test
  void whatFailsIsCountedAndNeitherTriedAgainNorDead() {
    comms
        .tasks(transport)
        .handle(
            ONCE,
            Workers.of(1),
            (mail, context) -> {
              handled.add(mail);
              throw new IllegalStateException("smtp is gone");
            });
    comms.start();
    transport.consumer.deliver(delivery);
    await().until(() -> lost() == 1);
    assertThat(delivery.settlements).containsExactly("done");
    assertThat(handled).containsExactly("hi");
  }

  @Test
  void whatCannotBeDecodedIsDeadAndNotLost() {
    comms.tasks(transport).handle(ONCE, Workers.of(1), (mail, context) -> handled.add(mail));
    comms.start();
    FakeDelivery bad = transport.consumer.deliver(FakeDelivery.of("test.mail", "1", null, "bad"));
    assertThat(valueOf(bad.settled)).isEqualTo("dead: malformed");
    assertThat(bad.settlements).hasSize(1);
  }

  @Test
  void closingWaitsForAHandlerWhoseTaskIsSettledAlready() throws Exception {
    CountDownLatch begun = new CountDownLatch(1);
    comms
        .tasks(transport)
        .handle(
            ONCE,
            Workers.of(1),
            (mail, context) -> {
              begun.countDown();
              release.await();
              handled.add(mail);
            });
    comms.start();
    transport.consumer.deliver(delivery);
    assertThat(begun.await(30, TimeUnit.SECONDS)).isTrue();
    CompletableFuture<Void> closed = CompletableFuture.runAsync(comms::close);
    await().until(() -> transport.diary.contains("drain tasks"));
    release.countDown();
    valueOf(closed);
    assertThat(handled).as("it was not interrupted").containsExactly("hi");
  }

  @Test
  void anEventHandledAtMostOnceIsSettledBeforeAndItsKeyGoesOn() {
    FakeEvents events = new FakeEvents();
    Group group = Group.named("readers").startsAt(Start.EARLIEST);
    comms
        .events(events)
        .handle(
            SEEN.atMostOnce(),
            group,
            (seen, context) -> {
              handled.add(seen);
              throw new IllegalStateException("always");
            });
    comms.start();
    FakeDelivery first = events.consumer.deliver(FakeDelivery.of("test.seen", "1", "k", "a"));
    FakeDelivery second = events.consumer.deliver(FakeDelivery.of("test.seen", "2", "k", "b"));
    await().until(() -> lost() == 2);
    assertThat(handled).containsExactly("a", "b");
    assertThat(first.settlements).containsExactly("done");
    assertThat(second.settlements).containsExactly("done");
  }

  private void handlingInPieces(Task<String> task) {
    comms
        .tasks(transport)
        .handle(
            task,
            Workers.of(1),
            (mail, context) -> {
              handled.add(mail);
              throw Verdict.continueLater(new byte[] {7}, Duration.ofMinutes(3));
            });
    comms.start();
    transport.consumer.deliver(delivery);
  }

  @Test
  void aTaskGoesOnLaterWithItsCheckpointWhichIsNoFailure() {
    transport.abilities = Set.of(Ability.CONTINUE_LATER);
    handlingInPieces(MAIL);
    assertThat(valueOf(delivery.settled)).isEqualTo("goes on");
    assertThat(delivery.settlements).hasSize(1);
    assertThat(delivery.state).containsExactly(7);
    assertThat(delivery.pause).isEqualTo(Duration.ofMinutes(3));
    assertThat(meters.get("messaging.process.duration").tag("error.type", "none").timer().count())
        .isEqualTo(1);
  }

  @Test
  void onATransportThatCannotItIsDeadAtOnceAndSaysWhy() {
    handlingInPieces(MAIL);
    assertThat(valueOf(delivery.settled)).isEqualTo("dead: misconfigured");
    assertThat(delivery.why).hasMessageContainingAll("test.mail", "fake-tasks", "continueLater");
    assertThat(handled).containsExactly("hi");
  }

  @Test
  void anEventCannotGoOnLaterAndSaysWhatToDo() {
    FakeEvents events = new FakeEvents();
    comms
        .events(events)
        .handle(
            SEEN,
            Group.named("readers").startsAt(Start.EARLIEST),
            (seen, context) -> {
              throw Verdict.continueLater(new byte[0], Duration.ZERO);
            });
    comms.start();
    FakeDelivery seen = events.consumer.deliver(FakeDelivery.of("test.seen", "1", "k", "a"));
    assertThat(valueOf(seen.settled)).isEqualTo("dead: misconfigured");
    assertThat(seen.why).hasMessageContainingAll("test.seen", "submit a task");
  }

  @Test
  void whatIsSettledOnlyAfterItsLimitIsLostAndCounted() {
    Task<String> brief =
        Task.named("test.mail", Fixture.TEXT)
            .eachAttemptWithin(Duration.ofMillis(100))
            .atMostOnce();
    comms.tasks(transport).handle(brief, Workers.of(1), (mail, context) -> handled.add(mail));
    comms.start();
    delivery.settling = new CompletableFuture<>();
    transport.consumer.deliver(delivery);
    FakeDelivery next = transport.consumer.deliver(FakeDelivery.of("test.mail", "2", null, "next"));
    await().until(() -> handled.contains("next"));
    assertThat(next.settlements).containsExactly("done");
    assertThat(lost()).isZero();
    delivery.settling.complete(null);
    await().until(() -> lost() == 1);
    assertThat(handled).containsExactly("next");
  }

  @Test
  void whatPassedItsLimitBeforeItsHandlerIsSettledOnceAndNotHandled() {
    CountDownLatch passed = new CountDownLatch(1);
    Task<String> brief =
        Task.named("test.mail", Fixture.TEXT)
            .eachAttemptWithin(Duration.ofMillis(100))
            .atMostOnce();
    try (Comms slow =
        comms(
            meters,
            policies()
                .aroundHandling(
                    (exchange, next) -> {
                      awaitStubbornly(release);
                      var end = next.proceed(exchange);
                      passed.countDown();
                      return end;
                    }))) {
      slow.tasks(transport).handle(brief, Workers.of(1), (mail, context) -> handled.add(mail));
      slow.start();
      transport.consumer.deliver(delivery);
      assertThat(valueOf(delivery.settled)).isEqualTo("dead: attempts");
      release.countDown();
      await().until(() -> passed.getCount() == 0);
      assertThat(delivery.settlements).containsExactly("dead: attempts");
      assertThat(handled).isEmpty();
    }
  }

  private static void awaitStubbornly(CountDownLatch latch) {
    boolean done = false;
    while (!done) {
      try {
        latch.await();
        done = true;
      } catch (InterruptedException ignored) {
        // its limit, which it does not care for
      }
    }
  }
}
