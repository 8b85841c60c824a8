package dev.comms.testkit.kit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.comms.spi.Envelope;
import dev.comms.spi.Order;
import dev.comms.spi.Subscription;
import dev.comms.spi.TaskDelivery;
import dev.comms.spi.TaskTransport;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** Settling: done, retried, given back, or left to a consumer that ended. */
abstract class TaskSettlingCases extends TaskDeliveryCases {

  @Test
  void whatIsDoneIsNeverDeliveredAgain() {
    TaskTransport first = instance();
    Inbox<TaskDelivery> inbox = consume(first, 1);
    submit(first, "once");
    bench.get(inbox.next().done());
    inbox.staysEmpty();
    first.close();

    TaskTransport second = instance();
    Inbox<TaskDelivery> after = consume(second, 5);
    submit(second, "next");

    assertThat(Inbox.text(after.next())).isEqualTo("next");
    after.staysEmpty();
  }

  @Test
  void whatIsUnsettledWhenItsConsumerEndsIsDeliveredAgain() {
    TaskTransport tasks = instance();
    Envelope sent = submit(tasks, "orphan");
    Inbox<TaskDelivery> lost = new Inbox<>();
    Subscription subscription = tasks.work(TASK, 1, lost);
    lost.next();
    subscription.close();

    TaskDelivery again = consume(instance(), 1).next();

    assertThat(again.envelope().id()).isEqualTo(sent.id());
    assertThat(again.envelope().body()).isEqualTo(sent.body());
  }

  @Test
  void whatIsUnsettledWhenItsTransportEndsIsDeliveredAgain() {
    TaskTransport first = instance();
    Envelope sent = submit(first, "orphan");
    consume(first, 1).next();
    first.close();

    assertThat(consume(instance(), 1).next().envelope().id()).isEqualTo(sent.id());
  }

  @Test
  void aRetryComesAfterItsWaitAsTheNextAttemptOfTheSameTask() {
    TaskTransport tasks = instance();
    Inbox<TaskDelivery> inbox = consume(tasks, 1);
    Envelope sent = submit(tasks, "retried");
    TaskDelivery first = inbox.next();
    long begun = bench.time.nanos();

    bench.get(first.retry(Duration.ofMillis(1_200), BROKE));

    TaskDelivery second = inbox.next();
    assertThat(Duration.ofNanos(bench.time.nanos() - begun))
        .isBetween(Duration.ofMillis(1_180), Duration.ofSeconds(15));
    assertThat(second.envelope().id()).isEqualTo(sent.id());
    assertThat(second.attempt()).isEqualTo(2);
  }

  @Test
  void everyRetryKeepsTheFirstHeadersKeyAndBody() {
    TaskTransport tasks = instance();
    Inbox<TaskDelivery> inbox = consume(tasks, 1);
    Envelope sent = message("unchanged").key("k").headers(Map.of("tenant", "blue"));
    submit(tasks, sent.expires(sent.time().plusSeconds(3_600)), Order.NOW);
    for (int attempt = 1; attempt <= 3; attempt++) {
      TaskDelivery delivery = inbox.next();
      assertThat(delivery.attempt()).isEqualTo(attempt);
      Envelope got = delivery.envelope();
      assertThat(got.id()).isEqualTo(sent.id());
      assertThat(got.key()).isEqualTo("k");
      assertThat(got.headers()).isEqualTo(sent.headers());
      assertThat(got.contentType()).isEqualTo(sent.contentType());
      assertThat(got.expires()).isEqualTo(sent.time().plusSeconds(3_600));
      assertThat(got.body()).isEqualTo(sent.body());
      bench.get(delivery.retry(Duration.ofMillis(50), BROKE));
    }
  }

  @Test
  void aTaskThatWaitsForItsRetryHoldsNoSlot() {
    TaskTransport tasks = instance();
    Inbox<TaskDelivery> inbox = consume(tasks, 1);
    submit(tasks, "poison");
    bench.get(inbox.next().retry(Duration.ofSeconds(20), BROKE));

    submit(tasks, "healthy");

    assertThat(Inbox.text(inbox.next())).isEqualTo("healthy");
  }

  @Test
  void whatIsGivenBackComesAgainAndUsesNoAttempt() {
    TaskTransport tasks = instance();
    Inbox<TaskDelivery> inbox = consume(tasks, 1);
    Envelope sent = submit(tasks, "not now");

    bench.get(inbox.next().giveBack());

    TaskDelivery again = inbox.next();
    assertThat(again.envelope().id()).isEqualTo(sent.id());
    assertThat(again.attempt()).isEqualTo(1);
  }

  @Test
  void aSettledDeliveryRefusesASecondSettling() {
    TaskTransport tasks = instance();
    Inbox<TaskDelivery> inbox = consume(tasks, 1);
    submit(tasks, "once");
    TaskDelivery delivery = inbox.next();
    bench.get(delivery.done());

    assertThat(bench.cause(delivery.done())).isInstanceOf(RuntimeException.class);
    assertThat(bench.cause(delivery.retry(Duration.ZERO, BROKE))).isNotNull();
    assertThat(bench.cause(delivery.deadLetter("rejected", BROKE))).isNotNull();
    assertThat(bench.cause(delivery.giveBack())).isNotNull();
    inbox.staysEmpty();
  }

  @Test
  void settlingAfterTheConsumerEndedSucceedsAndChangesNothing() {
    TaskTransport tasks = instance();
    Envelope sent = submit(tasks, "taken back");
    Inbox<TaskDelivery> lost = new Inbox<>();
    Subscription subscription = tasks.work(TASK, 1, lost);
    TaskDelivery orphan = lost.next();
    subscription.close();

    bench.get(orphan.done());

    assertThat(bench.voided()).isEqualTo(1);
    assertThat(consume(instance(), 1).next().envelope().id()).isEqualTo(sent.id());
  }

  @Test
  void aPausedConsumerGetsNothingUntilItResumes() {
    TaskTransport tasks = instance();
    Inbox<TaskDelivery> inbox = new Inbox<>();
    Subscription subscription = bench.owns(tasks.work(TASK, 5, inbox));
    submit(tasks, "before");
    bench.get(inbox.next().done());

    subscription.pause();
    submit(tasks, "meanwhile");
    inbox.staysEmpty();
    subscription.resume();

    assertThat(Inbox.text(inbox.next())).isEqualTo("meanwhile");
  }

  @Test
  void drainingWaitsForWhatIsUnsettledAndDeliversNothingNew() {
    TaskTransport tasks = instance();
    Inbox<TaskDelivery> inbox = new Inbox<>();
    Subscription subscription = bench.owns(tasks.work(TASK, 5, inbox));
    submit(tasks, "running");
    TaskDelivery running = inbox.next();

    CompletableFuture<Void> drained = subscription.drain(bench.inTime());
    submit(tasks, "new");
    bench.staysOpen(drained);
    assertThat(inbox.isEmpty()).isTrue();
    bench.get(running.done());

    bench.get(drained);
    inbox.staysEmpty();
    subscription.close();
    assertThat(Inbox.text(consume(instance(), 1).next())).isEqualTo("new");
  }
}
