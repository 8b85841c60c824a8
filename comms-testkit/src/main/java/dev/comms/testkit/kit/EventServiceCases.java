package dev.comms.testkit.kit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.comms.Batch;
import dev.comms.Comms;
import dev.comms.Events;
import dev.comms.Group;
import dev.comms.contract.Backoff;
import dev.comms.contract.CommsException;
import dev.comms.contract.Context;
import dev.comms.contract.Event;
import dev.comms.contract.Verdict;
import dev.comms.spi.Ability;
import dev.comms.spi.Delivery;
import dev.comms.spi.Envelope;
import dev.comms.spi.EventTransport.Start;
import dev.comms.spi.Subscription;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.assertj.core.api.Assertions;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** More of what a user is promised of a service that handles events. */
abstract class EventServiceCases extends EventLogCases {
  private static final Event<Integer> NUMBER =
      Event.named(EVENT.name(), new Numbers())
          .handledWithin(Duration.ofSeconds(20))
          .keyedBy(number -> "key " + number % 10)
          .attempts(3)
          .backoff(new Backoff(Duration.ofMillis(100), Duration.ofMillis(100)));

  private final List<Integer> seen = new CopyOnWriteArrayList<>();
  private final List<Context> with = new CopyOnWriteArrayList<>();

  @Test
  void anEventAtMostOnceIsNotHandledAgainWhenItsHandlerFails() {
    Event<Integer> once = NUMBER.atMostOnce();
    Events events = service();
    events.handle(
        once,
        from(Start.EARLIEST),
        (number, context) -> {
          seen.add(number);
          throw new IllegalStateException("lost, as declared");
        });
    start();

    events.publish(once, 1);
    events.publish(once, 11);

    await().atMost(Bench.LONG).until(() -> seen.contains(11));
    bench.waits(Bench.QUIET);
    assertThat(seen).containsExactly(1, 11);
    assertThat(bench.meters().find("comms.dead.letters").counters()).isEmpty();
  }

  @Test
  void anEventOfLongAgoIsHandledWhateverItsHandlersLimit() {
    Instant yesterday = Instant.ofEpochMilli(Instant.now().minusSeconds(86_400).toEpochMilli());
    publish(
        instance(),
        Envelope.of("old", NUMBER.name(), "text/plain", yesterday, new byte[] {'7'}).key("key 7"));
    Events events = service();
    events.handle(NUMBER, from(Start.EARLIEST), this::note);
    start();

    await().atMost(Bench.LONG).until(() -> seen.contains(7));
    assertThat(with.get(0).deadline().remaining()).isPositive();
  }

  @Test
  void aFailingGroupDoesNotHoldTheOtherGroup() {
    Events events = service();
    events.handle(
        NUMBER,
        Group.named("failing").startsAt(Start.EARLIEST),
        (number, context) -> {
          throw new IllegalStateException("always");
        });
    events.handle(NUMBER, from(Start.EARLIEST), this::note);
    start();

    events.publish(NUMBER, 1);
    events.publish(NUMBER, 11);

    await().atMost(Bench.LONG).until(() -> seen.contains(11));
    assertThat(seen.stream().distinct()).containsExactly(1, 11);
  }

  @Test
  void aHandlerPastItsLimitIsInterruptedAndCalledAgain() {
    Event<Integer> brief =
        Event.named(EVENT.name(), new Numbers())
            .handledWithin(Duration.ofMillis(500))
            .backoff(new Backoff(Duration.ofMillis(100), Duration.ofMillis(100)));
    AtomicInteger interrupted = new AtomicInteger();
    Events events = service();
    events.handle(
        brief,
        from(Start.EARLIEST),
        (number, context) -> {
          if (context.attempt() == 1) {
            try {
              new CountDownLatch(1).await();
            } catch (InterruptedException limit) {
              interrupted.incrementAndGet();
              throw limit;
            }
          }
          note(number, context);
        });
    start();

    events.publish(brief, 7);

    await().atMost(Bench.LONG).until(() -> seen.contains(7));
    await().atMost(Bench.LONG).until(() -> interrupted.get() == 1);
    assertThat(with.get(0).attempt()).isEqualTo(2);
  }

  @Test
  void aHandlerMayAskForALaterAttemptOfItsEvent() {
    Events events = service();
    events.handle(
        NUMBER,
        from(Start.EARLIEST),
        (number, context) -> {
          if (context.attempt() == 1) {
            throw Verdict.retryAfter(Duration.ofMillis(700));
          }
          note(number, context);
        });
    start();
    long begun = bench.time.nanos();

    events.publish(NUMBER, 7);

    await().atMost(Bench.LONG).until(() -> seen.contains(7));
    assertThat(Duration.ofNanos(bench.time.nanos() - begun)).isGreaterThan(Duration.ofMillis(690));
  }

  @Test
  void aRejectedEventIsDeadAtOnceAndItsKeyGoesOn() {
    Events events = service();
    events.handle(
        NUMBER,
        from(Start.EARLIEST),
        (number, context) -> {
          note(number, context);
          if (number == 1) {
            throw Verdict.reject("no such customer");
          }
        });
    start();

    events.publish(NUMBER, 1);
    events.publish(NUMBER, 11);

    await().atMost(Bench.LONG).until(() -> seen.contains(11));
    assertThat(seen.stream().distinct()).containsExactly(1, 11);
    await()
        .atMost(Bench.LONG)
        .until(
            () ->
                bench.meters().getMeters().stream()
                    .anyMatch(one -> "rejected".equals(one.getId().getTag("reason"))));
  }

  @Test
  void aBatchThatFailsIsHandledAgainOneByOneInTheOrderOfItsKey() {
    Events events = service();
    events.handleBatch(
        NUMBER,
        Batch.of(3).within(Duration.ofMillis(300)),
        from(Start.EARLIEST),
        (numbers, contexts) -> {
          if (numbers.size() > 1 && numbers.contains(11)) {
            throw new IllegalStateException("not together");
          }
          seen.addAll(numbers);
        });
    start();

    events.publishAll(NUMBER, List.of(1, 11, 21));

    await().atMost(Bench.LONG).until(() -> seen.contains(21));
    assertThat(seen.stream().distinct()).containsExactly(1, 11, 21);
  }

  @Test
  void aPausedHandlerIsCalledWhenItResumes() {
    Events events = service();
    Subscription handling = events.handle(NUMBER, from(Start.EARLIEST), this::note);
    handling.pause();
    start();

    events.publish(NUMBER, 7);
    bench.waits(Bench.QUIET);
    assertThat(seen).isEmpty();
    handling.resume();

    await().atMost(Bench.LONG).until(() -> seen.contains(7));
  }

  @Test
  void aHandlerThatPublishesInheritsOnlyTheWaitForTheConfirm() {
    Inbox<Delivery> other = consume(instance(), "other", 5);
    Events events = service();
    events.handle(
        NUMBER,
        from(Start.EARLIEST),
        (number, context) -> {
          note(number, context);
          if (number < 100) {
            events.publish(NUMBER, number + 100);
          }
        });
    start();

    events.publish(NUMBER, 7);

    await().atMost(Bench.LONG).until(() -> seen.contains(107));
    Delivery nested = other.next();
    while (!Inbox.text(nested).equals("107")) {
      bench.get(nested.done());
      nested = other.next();
    }
    assertThat(nested.envelope().expires()).as("the handler's deadline is not its life").isNull();
  }

  @Test
  void aSecondHandlerOfAnEventInItsGroupIsRefused() {
    Events events = service();
    events.handle(NUMBER, from(Start.EARLIEST), this::note);

    Assertions.assertThatExceptionOfType(CommsException.Misconfigured.class)
        .isThrownBy(() -> events.handle(NUMBER, from(Start.EARLIEST), this::note))
        .withMessageContainingAll(NUMBER.name(), "has a handler already");
  }

  @Test
  void aStartThatTheTransportLacksIsRefusedAtTheStart() {
    Events events = service();
    events.handle(NUMBER, from(Start.since(Duration.ofHours(1))), this::note);
    boolean able = transport(bench.space).abilities().contains(Ability.START_AT);

    if (able) {
      start();
      events.publish(NUMBER, 7);
      await().atMost(Bench.LONG).until(() -> seen.contains(7));
    } else {
      Assertions.assertThatExceptionOfType(CommsException.Misconfigured.class)
          .isThrownBy(this::start)
          .withMessageContaining(NUMBER.name());
    }
  }

  private @Nullable Comms comms;

  private Events service() {
    Comms made = bench.owns(Comms.service("kit", bench.meters()).build());
    comms = made;
    return made.events(transport(bench.space));
  }

  private void start() {
    Objects.requireNonNull(comms, "service() comes first").start();
  }

  private static Group from(Start start) {
    return Group.named("group").startsAt(start);
  }

  private void note(Integer number, Context context) {
    // Whoever waits for what was seen then looks at what it came with.
    with.add(context);
    seen.add(number);
  }
}
