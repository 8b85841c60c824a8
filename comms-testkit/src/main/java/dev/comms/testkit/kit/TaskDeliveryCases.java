package dev.comms.testkit.kit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.awaitility.Awaitility.await;

import dev.comms.contract.CommsException;
import dev.comms.contract.Effect;
import dev.comms.spi.Envelope;
import dev.comms.spi.Order;
import dev.comms.spi.TaskDelivery;
import dev.comms.spi.TaskTransport;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** Submitting and delivering. */
abstract class TaskDeliveryCases extends TaskKit {

  @Test
  void whatIsSubmittedIsDeliveredWithNothingChanged() {
    TaskTransport tasks = instance();
    Inbox<TaskDelivery> inbox = consume(tasks, 1);
    Envelope sent =
        message("grüße \u0000\u0001 \uD83D\uDE80")
            .key("customer 7")
            .headers(Map.of("traceparent", "00-abc", "tenant", "blue"));

    submit(tasks, sent, Order.NOW);

    Envelope got = inbox.next().envelope();
    assertThat(got.id()).isEqualTo(sent.id());
    assertThat(got.contract()).isEqualTo(sent.contract());
    assertThat(got.contentType()).isEqualTo(sent.contentType());
    assertThat(got.key()).isEqualTo("customer 7");
    assertThat(got.headers()).isEqualTo(sent.headers());
    assertThat(got.body()).isEqualTo(sent.body());
    assertThat(got.expires()).isNull();
    assertThat(got.time()).isCloseTo(sent.time(), within(1, ChronoUnit.SECONDS));
  }

  @Test
  void anExpiryAndAnEmptyBodyTravel() {
    TaskTransport tasks = instance();
    Inbox<TaskDelivery> inbox = consume(tasks, 1);
    Envelope sent = message("");

    submit(tasks, sent.expires(sent.time().plusSeconds(3_600)), Order.NOW);

    Envelope got = inbox.next().envelope();
    assertThat(got.expires()).isEqualTo(sent.time().plusSeconds(3_600));
    assertThat(got.key()).isNull();
    assertThat(got.headers()).isEmpty();
    assertThat(got.body()).isEmpty();
  }

  @Test
  void theFirstAttemptIsNumberOne() {
    TaskTransport tasks = instance();
    Inbox<TaskDelivery> inbox = consume(tasks, 1);

    submit(tasks, "first");

    TaskDelivery first = inbox.next();
    assertThat(first.attempt()).isEqualTo(1);
    assertThat(first.redrive()).isZero();
  }

  @Test
  void whatWasSubmittedBeforeAnyConsumerIsDelivered() {
    submit(instance(), "early");

    assertThat(Inbox.text(consume(instance(), 1).next())).isEqualTo("early");
  }

  @Test
  void aDelayedTaskIsNotDeliveredBeforeItsTime() {
    TaskTransport tasks = instance();
    Inbox<TaskDelivery> inbox = consume(tasks, 10);
    long begun = bench.time.nanos();

    submit(tasks, message("later"), new Order(Duration.ofMillis(1_500)));
    submit(tasks, "now");

    assertThat(Inbox.text(inbox.next())).isEqualTo("now");
    assertThat(Inbox.text(inbox.next())).isEqualTo("later");
    assertThat(Duration.ofNanos(bench.time.nanos() - begun))
        .isBetween(Duration.ofMillis(1_480), Duration.ofSeconds(15));
  }

  @Test
  void theSubmittersDeadlineDoesNotShortenTheTasksLife() {
    TaskTransport tasks = instance();
    Inbox<TaskDelivery> inbox = consume(tasks, 1);
    submit(tasks, "warm up");
    bench.get(inbox.next().done());

    bench.get(
        tasks.submit(
            TASK,
            message("patient"),
            new Order(Duration.ofSeconds(4)),
            bench.in(Duration.ofSeconds(3))));

    TaskDelivery delivered = inbox.next();
    assertThat(Inbox.text(delivered)).isEqualTo("patient");
    assertThat(delivered.envelope().expires()).isNull();
  }

  @Test
  void noMoreThanTheSlotsAreUnsettledAtOnce() {
    TaskTransport tasks = instance();
    Inbox<TaskDelivery> inbox = consume(tasks, 3);
    for (int i = 0; i < 8; i++) {
      submit(tasks, "task " + i);
    }

    List<TaskDelivery> held = inbox.next(3);
    inbox.staysEmpty();
    bench.get(held.get(1).done());

    inbox.next();
    inbox.staysEmpty();
  }

  @Test
  void consumersShareTheWork() {
    TaskTransport tasks = instance();
    Inbox<TaskDelivery> one = consume(instance(), 1);
    Inbox<TaskDelivery> other = consume(instance(), 1);

    submit(tasks, "a");
    submit(tasks, "b");

    assertThat(List.of(Inbox.text(one.next()), Inbox.text(other.next())))
        .containsExactlyInAnyOrder("a", "b");
  }

  @Test
  void fiveHundredTasksSubmittedAtOnceAreDeliveredOnceEach() {
    TaskTransport tasks = instance();
    Set<String> sent = ConcurrentHashMap.newKeySet();
    Set<String> got = ConcurrentHashMap.newKeySet();
    AtomicInteger deliveries = new AtomicInteger();
    for (TaskTransport worker : List.of(instance(), instance())) {
      bench.owns(
          worker.work(
              TASK,
              50,
              delivery -> {
                deliveries.incrementAndGet();
                got.add(delivery.envelope().id());
                delivery.done();
              }));
    }

    List<CompletableFuture<Void>> confirms = new ArrayList<>();
    for (int i = 0; i < 500; i++) {
      Envelope message = message("task " + i);
      sent.add(message.id());
      confirms.add(tasks.submit(TASK, message, Order.NOW, bench.inTime()));
    }

    bench.get(CompletableFuture.allOf(confirms.toArray(CompletableFuture[]::new)));
    await().atMost(Bench.LONG).untilAsserted(() -> assertThat(got).isEqualTo(sent));
    assertThat(deliveries).hasValue(500);
  }

  @Test
  void submittingAfterTheEndFailsAndSaysThatNothingWasStored() {
    TaskTransport tasks = instance();
    tasks.close();

    CommsException refused =
        bench.failure(tasks.submit(TASK, message("late"), Order.NOW, bench.inTime()));

    assertThat(refused).isNotInstanceOf(CommsException.Failed.class);
    assertThat(refused.effect()).isEqualTo(Effect.NONE);
    consume(instance(), 1).staysEmpty();
  }
}
