package dev.comms;

import static dev.comms.Fixture.ECHO;
import static dev.comms.Fixture.MAIL;
import static dev.comms.Fixture.SEEN;
import static dev.comms.Fixture.TEXT;
import static dev.comms.Fixture.comms;
import static dev.comms.Fixture.failureOf;
import static dev.comms.Fixture.policies;
import static dev.comms.Fixture.valueOf;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

import dev.comms.contract.CommsException;
import dev.comms.contract.CommsException.Misconfigured;
import dev.comms.contract.Deadline;
import dev.comms.contract.Event;
import dev.comms.contract.Priority;
import dev.comms.contract.Task;
import dev.comms.fake.Failures;
import dev.comms.fake.FakeCallServer;
import dev.comms.fake.FakeDelivery;
import dev.comms.fake.FakeEvents;
import dev.comms.fake.FakeTasks;
import dev.comms.fake.ManualTime;
import dev.comms.spi.Ability;
import dev.comms.spi.Envelope;
import dev.comms.spi.EventTransport.Start;
import dev.comms.spi.Health;
import dev.comms.spi.Subscription;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Several names, several events, and how much at a time. */
class ReceiverTest {
  private static final Group GROUP = Group.named("readers").startsAt(Start.EARLIEST);
  private static final Event<String> SOLD =
      Event.named("test.sold", TEXT).handledWithin(Duration.ofSeconds(20)).keyedBy(text -> text);

  private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
  private final FakeTasks tasks = new FakeTasks();
  private final FakeEvents events = new FakeEvents();
  private final List<String> handled = new CopyOnWriteArrayList<>();
  private final CountDownLatch release = new CountDownLatch(1);
  private final AtomicInteger interrupts = new AtomicInteger();
  private Comms comms = comms(meters, policies());

  @AfterEach
  void close() {
    release.countDown();
    comms.close();
  }

  private static FakeDelivery task(String id) {
    return FakeDelivery.of("test.mail", id, null, id);
  }

  @Test
  void aTaskIsWorkedUnderItsFormerNamesToo() {
    Task<String> renamed = MAIL.alias("old.mail").alias("older.mail");
    Subscription all =
        comms.tasks(tasks).handle(renamed, Workers.of(8), (mail, context) -> handled.add(mail));
    comms.start();
    assertThat(tasks.consumers).containsOnlyKeys("test.mail", "old.mail", "older.mail");
    assertThat(tasks.consumer.slots).as("eight at work and two behind").isEqualTo(10);
    assertThat(consumer("old.mail").slots).isEqualTo(5);
    FakeDelivery old = consumer("old.mail").deliver(FakeDelivery.of("old.mail", "1", null, "x"));
    assertThat(valueOf(old.settled)).isEqualTo("done");
    FakeDelivery bad = consumer("old.mail").deliver(FakeDelivery.of("old.mail", "2", null, "bad"));
    assertThat(valueOf(bad.settled)).isEqualTo("dead: malformed");
    all.pause();
    all.resume();
    assertThat(tasks.diary).contains("pause tasks", "pause tasks old.mail", "resume tasks");
    comms.close();
    assertThat(tasks.diary).contains("drain tasks older.mail", "close tasks older.mail");
  }

  private dev.comms.fake.FakeConsumer<?> consumer(String name) {
    return Objects.requireNonNull(tasks.consumers.get(name));
  }

  private FakeDelivery deliver(Event<?> event, String key, String body) {
    return Objects.requireNonNull(events.consumers.get(event.name()))
        .deliver(FakeDelivery.of(event.name(), "id-" + body, key, body));
  }

  @Test
  void aGroupHandlesSeveralEventsOneOfAKeyAtATime() throws Exception {
    CountDownLatch begun = new CountDownLatch(1);
    comms
        .events(events)
        .handle(
            GROUP,
            On.of(
                SEEN,
                (seen, context) -> {
                  begun.countDown();
                  release.await();
                  handled.add("seen " + seen + " of " + context.contract());
                }),
            On.of(SOLD, (sold, context) -> handled.add("sold " + sold)));
    comms.start();
    assertThat(events.subscribers).hasSize(2);
    FakeDelivery first = deliver(SEEN, "k", "a");
    begun.await();
    FakeDelivery second = deliver(SOLD, "k", "b");
    FakeDelivery other = deliver(SOLD, "o", "c");
    assertThat(valueOf(other.settled)).isEqualTo("done");
    assertThat(second.settlements).isEmpty();
    release.countDown();
    assertThat(valueOf(first.settled)).isEqualTo("done");
    assertThat(valueOf(second.settled)).isEqualTo("done");
    assertThat(handled).containsExactly("sold c", "seen a of test.seen", "sold b");
  }

  @Test
  void aGroupWithoutAnEventIsRefused() {
    Events log = comms.events(events);
    assertThatExceptionOfType(Misconfigured.class)
        .isThrownBy(() -> log.handle(GROUP))
        .withMessageContainingAll("group readers", "On.of");
  }

  @Test
  void whatIsHandledUnderAnyNameOrInAnyCompanyHasOneHandler() {
    Tasks mails = comms.tasks(tasks);
    mails.handle(MAIL.alias("old.mail"), Workers.of(1), (mail, context) -> {});
    assertThatExceptionOfType(Misconfigured.class)
        .isThrownBy(() -> mails.handle(MAIL.as("old.mail"), Workers.of(1), (mail, context) -> {}))
        .withMessageContainingAll("task old.mail", "has a handler already");
    Events log = comms.events(events);
    log.handle(GROUP, On.of(SEEN, (seen, context) -> {}), On.of(SOLD, (sold, context) -> {}));
    assertThatExceptionOfType(Misconfigured.class)
        .isThrownBy(() -> log.handle(SOLD, GROUP, (sold, context) -> {}))
        .withMessageContainingAll("event test.sold in group readers", "has a handler already");
    Group others = Group.named("others").startsAt(Start.LATEST);
    assertThatExceptionOfType(Misconfigured.class)
        .isThrownBy(
            () ->
                log.handle(
                    others, On.of(SEEN, (seen, context) -> {}), On.of(SEEN, (seen, context) -> {})))
        .withMessageContainingAll("test.seen", "twice");
  }

  @Test
  void anEventIsHandledUnderItsFormerNamesToo() {
    comms
        .events(events)
        .handle(SEEN.alias("old.seen"), GROUP, (seen, context) -> handled.add(seen));
    comms.start();
    assertThat(events.consumers).containsOnlyKeys("test.seen", "old.seen");
    assertThat(valueOf(deliver(SEEN.as("old.seen"), "k", "a").settled)).isEqualTo("done");
  }

  @Test
  void aStartInThePastIsRefusedWhereTheTransportCannotAndElseGivenAsAMoment() {
    ManualTime time = new ManualTime();
    comms = comms(meters, policies(), time);
    Group since = Group.named("readers").startsAt(Start.since(Duration.ofHours(1)));
    comms.events(events).handle(SEEN, since, (seen, context) -> {});
    assertThatExceptionOfType(Misconfigured.class)
        .isThrownBy(comms::start)
        .withMessageContainingAll("test.seen", "fake-events", "Start.since");
    FakeEvents able = new FakeEvents();
    able.abilities = Set.of(Ability.START_AT);
    comms = comms(meters, policies(), time);
    comms.events(able).handle(SEEN, since, (seen, context) -> {});
    comms.start();
    assertThat(able.subscribers.get(0).start())
        .isEqualTo(Start.at(time.now().minus(Duration.ofHours(1))));
  }

  @Test
  void aPriorityIsRefusedAtTheStartWhereTheTransportHasNone() {
    comms.tasks(tasks).handle(MAIL.priority(Priority.HIGH), Workers.of(1), (mail, context) -> {});
    assertThatExceptionOfType(Misconfigured.class)
        .isThrownBy(comms::start)
        .withMessageContainingAll("test.mail", "fake-tasks", "priorities");
  }

  @Test
  void handlersRunOnTheUsersExecutorNoMoreThanSaid() {
    List<Runnable> given = new CopyOnWriteArrayList<>();
    comms
        .tasks(tasks)
        .handle(
            MAIL, Workers.of(2).prefetch(3).on(given::add), (mail, context) -> handled.add(mail));
    comms.start();
    assertThat(tasks.consumer.slots).isEqualTo(5);
    for (int i = 0; i < 5; i++) {
      tasks.consumer.deliver(task("id-" + i));
    }
    assertThat(given).hasSize(2);
    for (int i = 0; i < given.size(); i++) {
      given.get(i).run();
    }
    assertThat(handled).containsExactly("id-0", "id-1", "id-2", "id-3", "id-4");
    assertThat(given).as("one at a time, so that others may use it too").hasSize(5);
  }

  @Test
  void whatTheUsersExecutorRejectsIsGivenBack() {
    ManualTime time = new ManualTime();
    comms = comms(meters, policies(), time);
    Executor full =
        work -> {
          throw new RejectedExecutionException("full");
        };
    comms.tasks(tasks).handle(MAIL, Workers.of(1).on(full), (mail, context) -> {});
    comms.start();
    FakeDelivery delivery = tasks.consumer.deliver(task("1"));
    await().until(() -> time.timers() > 0);
    time.advance(Duration.ofSeconds(1));
    assertThat(valueOf(delivery.settled)).isEqualTo("given back");
    assertThat(delivery.settlements).hasSize(1);
  }

  @Test
  void noMoreBeginPerSecondThanSaid() {
    ManualTime time = new ManualTime();
    comms = comms(meters, policies(), time);
    comms
        .tasks(tasks)
        .handle(
            MAIL,
            Workers.of(8).on(Runnable::run).perSecond(10),
            (mail, context) -> handled.add(mail));
    comms.start();
    time.advance(Duration.ofSeconds(5));
    for (int i = 0; i < 30; i++) {
      tasks.consumer.deliver(task("id-" + i));
    }
    assertThat(handled).hasSize(1);
    for (int begun = 2; begun <= 30; begun++) {
      int expected = begun;
      time.advance(Duration.ofMillis(80));
      assertThat(handled).as("too early").hasSize(expected - 1);
      time.advance(Duration.ofMillis(20));
      await().until(() -> handled.size() == expected);
    }
  }

  @Test
  void whatComesBackToItsBrokerTakesThoseBehindItAlong() throws Exception {
    CountDownLatch begun = new CountDownLatch(1);
    comms
        .events(events)
        .handle(
            SEEN.attempts(1),
            GROUP,
            (seen, context) -> {
              handled.add(seen);
              if (seen.equals("a")) {
                begun.countDown();
                release.await();
                throw new IllegalStateException("for good");
              }
            });
    comms.start();
    FakeDelivery first = FakeDelivery.of("test.seen", "id-a", "k", "a");
    first.settling = new CompletableFuture<>();
    events.consumer.deliver(first);
    begun.await();
    FakeDelivery behind = deliver(SEEN, "k", "b");
    release.countDown();
    assertThat(valueOf(first.settled)).isEqualTo("dead: attempts");
    first.settling.completeExceptionally(Failures.broken());
    assertThat(valueOf(behind.settled)).isEqualTo("given back");
    FakeDelivery later = deliver(SEEN, "k", "c");
    assertThat(valueOf(later.settled)).isEqualTo("done");
    assertThat(handled).containsExactly("a", "c");
  }

  @Test
  void handlersThatIgnoreTheirInterruptsAreReplacedUntilThereAreTooMany() {
    ManualTime time = new ManualTime();
    comms = comms(meters, policies(), time);
    Subscription subscription =
        comms
            .tasks(tasks)
            .handle(
                MAIL,
                Workers.of(1),
                (mail, context) -> {
                  handled.add(mail);
                  awaitStubbornly();
                });
    comms.start();
    FakeDelivery first = lost(time, "1");
    assertThat(valueOf(first.settled)).isEqualTo("retry");
    assertThat(subscription.health().state()).isEqualTo(Health.State.UP);
    FakeDelivery second = lost(time, "2");
    assertThat(valueOf(second.settled)).isEqualTo("retry");
    await().until(() -> subscription.health().state() == Health.State.DOWN);
    assertThat(subscription.health().parts().get(0).facts().get("reason"))
        .contains("2 handlers ignore their interrupts");
    assertThat(tasks.diary).contains("pause tasks");
    assertThat(
            meters.get("comms.handlers.abandoned").tag("contract", "test.mail").counter().count())
        .isEqualTo(2);
    FakeDelivery third = tasks.consumer.deliver(task("3"));
    assertThat(valueOf(third.settled)).isEqualTo("given back");
    assertThat(handled).containsExactly("1", "2");
    assertThat(interrupts).hasValue(2);
    release.countDown();
    await().until(() -> subscription.health().state() == Health.State.UP);
    assertThat(tasks.diary).contains("resume tasks");
    FakeDelivery last = tasks.consumer.deliver(task("4"));
    assertThat(valueOf(last.settled)).isEqualTo("done");
  }

  /** Hands over a task whose handler ignores its interrupt, and lets its limits pass. */
  private FakeDelivery lost(ManualTime time, String id) {
    FakeDelivery delivery = tasks.consumer.deliver(task(id));
    await().until(() -> handled.contains(id));
    await().until(() -> time.timers() == 1);
    double before = meters.get("comms.handlers.abandoned").counter().count();
    time.advance(MAIL.eachAttemptWithin());
    await().until(() -> time.timers() == 1);
    time.advance(Threads.PATIENCE);
    await().until(() -> meters.get("comms.handlers.abandoned").counter().count() > before);
    return delivery;
  }

  private void awaitStubbornly() {
    boolean released = false;
    while (!released) {
      try {
        release.await();
        released = true;
      } catch (InterruptedException ignored) {
        interrupts.incrementAndGet();
      }
    }
  }

  @Test
  void aServerWhoseHandlersIgnoreTheirInterruptsSaysSoInItsHealth() {
    ManualTime time = new ManualTime();
    comms = comms(meters, policies().serving(1), time);
    FakeCallServer server = new FakeCallServer();
    comms
        .serve(server)
        .answer(
            ECHO,
            (request, context) -> {
              handled.add(request);
              awaitStubbornly();
              return request;
            });
    comms.start();
    for (String one : List.of("1", "2")) {
      server
          .answerer(ECHO)
          .answer(FakeDelivery.message("test.echo", one, one), Deadline.never(time));
      await().until(() -> handled.contains(one));
      await().until(() -> time.timers() == 1);
      time.advance(ECHO.limit());
      await().until(() -> time.timers() == 1);
      time.advance(Threads.PATIENCE);
    }
    await().until(() -> comms.health().state() == Health.State.DOWN);
    assertThat(comms.health().parts())
        .anySatisfy(
            part -> {
              assertThat(part.name()).isEqualTo("server of test");
              assertThat(part.facts().get("reason")).contains("2 handlers ignore", "is refused");
            });
    Envelope third = FakeDelivery.message("test.echo", "3", "3");
    assertThat(failureOf(server.answerer(ECHO).answer(third, Deadline.never(time))).kind())
        .isEqualTo(CommsException.Kind.OVERLOADED);
    release.countDown();
    await().until(() -> comms.health().state() == Health.State.UP);
  }
}
