package dev.comms;

import static dev.comms.Fixture.MAIL;
import static dev.comms.Fixture.SEEN;
import static dev.comms.Fixture.comms;
import static dev.comms.Fixture.policies;
import static dev.comms.Fixture.valueOf;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.awaitility.Awaitility.await;

import dev.comms.contract.CommsException;
import dev.comms.contract.Context;
import dev.comms.contract.Task;
import dev.comms.contract.Verdict;
import dev.comms.fake.Failures;
import dev.comms.fake.FakeDelivery;
import dev.comms.fake.FakeEvents;
import dev.comms.fake.FakeTasks;
import dev.comms.fake.ManualTime;
import dev.comms.spi.EventTransport.Start;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class BatchTest {
  private static final Duration LINGER = Duration.ofMillis(200);
  private static final Group GROUP = Group.named("readers").startsAt(Start.EARLIEST);

  private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
  private final ManualTime time = new ManualTime();
  private final FakeTasks tasks = new FakeTasks();
  private final FakeEvents events = new FakeEvents();
  private final List<List<String>> handled = new CopyOnWriteArrayList<>();
  private final CountDownLatch release = new CountDownLatch(1);
  private final Comms comms = comms(meters, policies(), time);

  @AfterEach
  void close() {
    release.countDown();
    comms.close();
  }

  private void working(Task<String> task, int most, int workers, Batch.Work<String> handler) {
    comms
        .tasks(tasks)
        .handleBatch(
            task,
            Batch.of(most).within(LINGER),
            Workers.of(workers),
            (mails, contexts) -> {
              handled.add(List.copyOf(mails));
              handler.handle(mails, contexts);
            });
    comms.start();
  }

  private void reading(int most, Batch.Work<String> handler) {
    comms
        .events(events)
        .handleBatch(
            SEEN,
            Batch.of(most).within(LINGER),
            GROUP.concurrency(2),
            (all, contexts) -> {
              handled.add(List.copyOf(all));
              handler.handle(all, contexts);
            });
    comms.start();
  }

  private FakeDelivery task(String body) {
    return tasks.consumer.deliver(FakeDelivery.of("test.mail", "id-" + body, null, body));
  }

  private FakeDelivery event(String key, String body) {
    return events.consumer.deliver(FakeDelivery.of("test.seen", "id-" + body, key, body));
  }

  @Test
  void aFullBatchIsHandledAtOnceAndEachIsDone() {
    List<Context> seen = new CopyOnWriteArrayList<>();
    working(MAIL, 3, 2, (mails, contexts) -> seen.addAll(contexts));
    assertThat(tasks.consumer.slots).isEqualTo(6);
    List<FakeDelivery> all = List.of(task("a"), task("b"), task("c"));
    all.forEach(one -> assertThat(valueOf(one.settled)).isEqualTo("done"));
    assertThat(handled).containsExactly(List.of("a", "b", "c"));
    assertThat(seen).extracting(Context::id).containsExactly("id-a", "id-b", "id-c");
    assertThat(seen.get(2).deadline().remaining()).isEqualTo(MAIL.eachAttemptWithin());
    await().until(() -> meters.get("messaging.client.consumed.messages").counter().count() == 3);
  }

  @Test
  void whatIsNotFullIsHandledWhenTheFirstHasWaitedLongEnough() {
    working(MAIL, 3, 1, (mails, contexts) -> {});
    FakeDelivery one = task("a");
    time.advance(LINGER.minusMillis(1));
    assertThat(one.settlements).isEmpty();
    time.advance(Duration.ofMillis(1));
    assertThat(valueOf(one.settled)).isEqualTo("done");
    assertThat(handled).containsExactly(List.of("a"));
  }

  @Test
  void whatCannotBeDecodedOrHasExpiredIsSettledByItselfAndInNoBatch() {
    working(MAIL, 4, 1, (mails, contexts) -> {});
    FakeDelivery good = task("a");
    FakeDelivery bad = task("bad");
    FakeDelivery expired =
        tasks.consumer.deliver(
            new FakeDelivery(
                FakeDelivery.message("test.mail", "id-old", "old").expires(Instant.EPOCH)));
    FakeDelivery last = task("b");
    assertThat(valueOf(good.settled)).isEqualTo("done");
    assertThat(valueOf(bad.settled)).isEqualTo("dead: malformed");
    assertThat(valueOf(expired.settled)).isEqualTo("dead: expired");
    assertThat(valueOf(last.settled)).isEqualTo("done");
    assertThat(handled).containsExactly(List.of("a", "b"));
  }

  @Test
  void aBatchThatFailsIsTriedAgainOneByOneSoThatOneBadTaskFailsNoOthers() {
    working(
        MAIL,
        2,
        2,
        (mails, contexts) -> {
          if (mails.contains("poison")) {
            throw new IllegalStateException("poison");
          }
        });
    FakeDelivery good = task("a");
    FakeDelivery poison = task("poison");
    assertThat(valueOf(good.settled)).isEqualTo("retry");
    assertThat(valueOf(poison.settled)).isEqualTo("retry");
    FakeDelivery copy = FakeDelivery.of("test.mail", "id-a", null, "a");
    copy.attempt = 2;
    FakeDelivery poisonCopy = FakeDelivery.of("test.mail", "id-poison", null, "poison");
    poisonCopy.attempt = 5;
    tasks.consumer.deliver(poisonCopy);
    tasks.consumer.deliver(copy);
    assertThat(valueOf(copy.settled)).isEqualTo("done");
    assertThat(valueOf(poisonCopy.settled)).isEqualTo("dead: attempts");
    assertThat(handled).contains(List.of("a"), List.of("poison"));
  }

  @Test
  void theContractsLimitCoversTheBatch() {
    working(MAIL, 2, 1, (mails, contexts) -> release.await());
    FakeDelivery first = task("a");
    FakeDelivery second = task("b");
    await().until(() -> !handled.isEmpty() && time.timers() == 1);
    time.advance(MAIL.eachAttemptWithin());
    assertThat(valueOf(first.settled)).isEqualTo("retry");
    assertThat(valueOf(second.settled)).isEqualTo("retry");
    assertThat(first.why).isInstanceOf(CommsException.DeadlineExceeded.class);
  }

  @Test
  void aBatchCannotContinueLater() {
    working(
        MAIL,
        1,
        1,
        (mails, contexts) -> {
          throw Verdict.continueLater(new byte[0], Duration.ZERO);
        });
    FakeDelivery one = task("a");
    assertThat(valueOf(one.settled)).isEqualTo("dead: misconfigured");
    assertThat(one.why).hasMessageContaining("a batch cannot continue later");
  }

  @Test
  void whatIsDoneAtMostOnceIsSettledBeforeItsBatchWhichLeavesOutWhatCannotBe() {
    List<String> before = new CopyOnWriteArrayList<>();
    FakeDelivery good = FakeDelivery.of("test.mail", "1", null, "a");
    FakeDelivery bad = FakeDelivery.of("test.mail", "2", null, "b");
    bad.settling = CompletableFuture.failedFuture(Failures.broken());
    working(
        MAIL.atMostOnce(),
        2,
        1,
        (mails, contexts) -> {
          before.addAll(good.settlements);
          throw new IllegalStateException("always");
        });
    tasks.consumer.deliver(good);
    tasks.consumer.deliver(bad);
    await().until(() -> meters.find("comms.lost").counter() != null);
    assertThat(handled).containsExactly(List.of("a"));
    assertThat(before).containsExactly("done");
    assertThat(good.settlements).containsExactly("done");
    assertThat(bad.settlements).containsExactly("done");
  }

  @Test
  void eventsOfOneKeyMayShareABatchInOrderAndLaterOnesWaitForIt() throws Exception {
    CountDownLatch begun = new CountDownLatch(1);
    reading(
        3,
        (all, contexts) -> {
          begun.countDown();
          release.await();
        });
    event("k", "a");
    event("k", "b");
    event("o", "x");
    begun.await();
    FakeDelivery follower = event("k", "c");
    FakeDelivery other = event("p", "y");
    time.advance(LINGER);
    await().until(() -> handled.size() == 2);
    assertThat(handled).containsExactly(List.of("a", "b", "x"), List.of("y"));
    release.countDown();
    assertThat(valueOf(other.settled)).isEqualTo("done");
    await().until(() -> time.timers() == 1);
    time.advance(LINGER);
    assertThat(valueOf(follower.settled)).isEqualTo("done");
    assertThat(handled.get(2)).containsExactly("c");
  }

  @Test
  void eventsOfABatchThatFailedAreTriedAgainInPlaceAndEachKeyKeepsItsOrder() {
    AtomicInteger calls = new AtomicInteger();
    reading(
        3,
        (all, contexts) -> {
          if (calls.incrementAndGet() == 1) {
            throw new IllegalStateException("once");
          }
        });
    List<FakeDelivery> all = List.of(event("k", "a"), event("k", "b"), event("o", "x"));
    await().until(() -> handled.size() == 1);
    FakeDelivery follower = event("k", "c");
    await().until(() -> time.timers() == 3);
    time.advance(Duration.ofMillis(10));
    all.forEach(one -> assertThat(valueOf(one.settled)).isEqualTo("done"));
    await().until(() -> time.timers() == 1);
    time.advance(LINGER);
    assertThat(valueOf(follower.settled)).isEqualTo("done");
    List<String> order = handled.stream().skip(1).flatMap(List::stream).toList();
    assertThat(order).containsSubsequence("a", "b", "c").contains("x").hasSize(4);
  }

  @Test
  void whatIsDeadByItselfHoldsThoseOfItsKeyInTheBatch() {
    reading(3, (all, contexts) -> {});
    FakeDelivery bad = FakeDelivery.of("test.seen", "1", "k", "bad");
    bad.settling = new CompletableFuture<>();
    events.consumer.deliver(bad);
    FakeDelivery behind = event("k", "b");
    FakeDelivery other = event("o", "x");
    assertThat(valueOf(other.settled)).isEqualTo("done");
    assertThat(valueOf(bad.settled)).isEqualTo("dead: malformed");
    assertThat(behind.settlements).isEmpty();
    bad.settling.complete(null);
    assertThat(valueOf(behind.settled)).isEqualTo("done");
    assertThat(handled).containsExactly(List.of("x"), List.of("b"));
  }

  @Test
  void whatIsGatheredWhenTheServiceEndsIsGivenBack() {
    Comms brief = Comms.service("test", meters).drainWithin(Duration.ofMillis(50)).build();
    FakeTasks others = new FakeTasks();
    brief
        .tasks(others)
        .handleBatch(
            MAIL,
            Batch.of(3).within(Duration.ofMinutes(1)),
            Workers.of(1),
            (mails, contexts) -> handled.add(mails));
    brief.start();
    FakeDelivery one = others.consumer.deliver(FakeDelivery.of("test.mail", "1", null, "a"));
    brief.close();
    assertThat(valueOf(one.settled)).isEqualTo("given back");
    assertThat(handled).isEmpty();
  }

  @Test
  void manyBatchesLoseNothing() {
    working(MAIL, 7, 3, (mails, contexts) -> {});
    List<FakeDelivery> all = IntStream.range(0, 1_001).mapToObj(i -> task("mail-" + i)).toList();
    all.forEach(one -> assertThat(valueOf(one.settled)).isEqualTo("done"));
    assertThat(handled.stream().mapToInt(List::size).sum()).isEqualTo(1_001);
    assertThat(handled).allMatch(batch -> batch.size() == 7);
  }

  @Test
  void aBatchRefusesAbsurdNumbersAndSaysWhatIsRight() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Batch.of(0).within(LINGER))
        .withMessageContainingAll("batch", "most is 0", "1 to 10,000");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Batch.of(1).within(Duration.ZERO))
        .withMessageContainingAll("batch", "within is PT0S", "PT1M");
  }

  @Test
  void whatItsLimitKeptFromBeginningGoesBackAndUsesNoAttempt() throws Exception {
    CountDownLatch entering = new CountDownLatch(1);
    Comms slow =
        comms(
            meters,
            policies()
                .aroundHandling(
                    (exchange, next) -> {
                      entering.countDown();
                      try {
                        release.await();
                      } catch (InterruptedException ended) {
                        Thread.currentThread().interrupt();
                      }
                      return next.proceed(exchange);
                    }),
            time);
    slow.tasks(tasks)
        .handleBatch(MAIL, Batch.of(2).within(LINGER), Workers.of(1), (mails, contexts) -> {});
    slow.start();
    FakeDelivery first = task("a");
    FakeDelivery second = task("b");
    entering.await();
    time.advance(MAIL.eachAttemptWithin());
    assertThat(valueOf(second.settled)).isEqualTo("given back");
    assertThat(valueOf(first.settled)).isEqualTo("retry");
    release.countDown();
    slow.close();
    assertThat(handled).isEmpty();
  }
}
