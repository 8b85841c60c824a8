package dev.comms.testkit.kit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.comms.spi.Delivery;
import dev.comms.spi.Envelope;
import dev.comms.spi.EventTransport;
import dev.comms.spi.EventTransport.Start;
import dev.comms.spi.Subscription;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** Settling: in any order, by members that come and go. */
abstract class EventSettlingCases extends EventDeliveryCases {

  @Test
  void whatIsUnsettledWhenItsMemberEndsIsDeliveredToTheNext() {
    EventTransport events = instance();
    Envelope sent = publish(events, "k", "orphan");
    EventTransport first = instance();
    consume(first, "group", 5).next();
    first.close();

    assertThat(consume(instance(), "group", 5).next().envelope().id()).isEqualTo(sent.id());
  }

  @Test
  void whatIsDoneIsNotDeliveredAgain() {
    EventTransport events = instance();
    publish(events, "k", "once");
    EventTransport first = instance();
    bench.get(consume(first, "group", 5).next().done());
    first.close();

    publish(events, "k", "next");

    Inbox<Delivery> inbox = consume(instance(), "group", 5);
    assertThat(Inbox.text(inbox.next())).isEqualTo("next");
    inbox.staysEmpty();
  }

  @Test
  void settlingOutOfOrderLosesNothingThatWasUndone() {
    EventTransport events = instance();
    for (int i = 1; i <= 5; i++) {
      publish(events, "k", "event " + i);
    }
    EventTransport first = instance();
    List<Delivery> held = consume(first, "group", 5).next(5);
    bench.get(held.get(0).done());
    CompletableFuture<Void> third = held.get(2).done();
    CompletableFuture<Void> fifth = held.get(4).done();
    first.close();
    assertThat(third.isCompletedExceptionally() || fifth.isCompletedExceptionally())
        .as("settling out of order is allowed")
        .isFalse();
    publish(events, "k", "end");

    List<String> again = new ArrayList<>();
    Inbox<Delivery> inbox = consume(instance(), "group", 10);
    while (!again.contains("end")) {
      again.add(Inbox.text(inbox.next()));
    }

    assertThat(again).contains("event 2", "event 4").doesNotContain("event 1");
  }

  @Test
  void aDeadLetteredEventIsGoneForItsGroupAndItsKeyGoesOn() {
    EventTransport events = instance();
    publish(events, "k", "poison");
    publish(events, "k", "healthy");
    EventTransport first = instance();
    Inbox<Delivery> inbox = consume(first, "group", 1);

    bench.get(inbox.next().deadLetter("rejected", BROKE));

    Delivery healthy = inbox.next();
    assertThat(Inbox.text(healthy)).isEqualTo("healthy");
    bench.get(healthy.done());
    first.close();
    consume(instance(), "group", 5).staysEmpty();
    assertThat(Inbox.text(consume(instance(), "other", 5).next())).isEqualTo("poison");
  }

  @Test
  void whatIsGivenBackIsDeliveredAgain() {
    EventTransport events = instance();
    Envelope sent = publish(events, "k", "not now");
    Inbox<Delivery> inbox = consume(instance(), "group", 5);

    bench.get(inbox.next().giveBack());

    Delivery again = inbox.next();
    assertThat(again.envelope().id()).isEqualTo(sent.id());
    assertThat(again.attempt()).isEqualTo(1);
  }

  @Test
  void aSettledDeliveryRefusesASecondSettling() {
    EventTransport events = instance();
    publish(events, "k", "once");
    Inbox<Delivery> inbox = consume(instance(), "group", 5);
    Delivery delivery = inbox.next();
    bench.get(delivery.done());

    assertThat(bench.cause(delivery.done())).isInstanceOf(RuntimeException.class);
    assertThat(bench.cause(delivery.deadLetter("rejected", BROKE))).isNotNull();
    assertThat(bench.cause(delivery.giveBack())).isNotNull();
    inbox.staysEmpty();
  }

  @Test
  void settlingAfterTheMemberEndedSucceedsAndChangesNothing() {
    EventTransport events = instance();
    Envelope sent = publish(events, "k", "taken back");
    Inbox<Delivery> inbox = new Inbox<>();
    Subscription member = subscribe(instance(), "group", Start.EARLIEST, 5, inbox);
    Delivery orphan = inbox.next();
    member.close();

    bench.get(orphan.done());

    assertThat(bench.voided()).isEqualTo(1);
    assertThat(consume(instance(), "group", 5).next().envelope().id()).isEqualTo(sent.id());
  }

  @Test
  void aPausedMemberGetsNothingUntilItResumes() {
    EventTransport events = instance();
    Inbox<Delivery> inbox = new Inbox<>();
    Subscription member = subscribe(instance(), "group", Start.EARLIEST, 5, inbox);
    publish(events, "k", "before");
    bench.get(inbox.next().done());

    member.pause();
    publish(events, "k", "meanwhile");
    inbox.staysEmpty();
    member.resume();

    assertThat(Inbox.text(inbox.next())).isEqualTo("meanwhile");
  }

  @Test
  void drainingWaitsForWhatIsUnsettledAndDeliversNothingNew() {
    EventTransport events = instance();
    publish(events, "k", "running");
    Inbox<Delivery> inbox = new Inbox<>();
    Subscription member = subscribe(instance(), "group", Start.EARLIEST, 5, inbox);
    Delivery running = inbox.next();

    CompletableFuture<Void> drained = member.drain(bench.inTime());
    publish(events, "k", "new");
    bench.staysOpen(drained);
    assertThat(inbox.isEmpty()).isTrue();
    bench.get(running.done());

    bench.get(drained);
    inbox.staysEmpty();
    member.close();
    assertThat(Inbox.text(consume(instance(), "group", 5).next())).isEqualTo("new");
  }
}
