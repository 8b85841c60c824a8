package dev.comms;

import static dev.comms.Fixture.MAIL;
import static dev.comms.Fixture.TEXT;
import static dev.comms.Fixture.failureOf;
import static dev.comms.Fixture.policies;
import static dev.comms.Fixture.valueOf;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

import dev.comms.contract.CommsException;
import dev.comms.contract.CommsException.Malformed;
import dev.comms.contract.CommsException.Misconfigured;
import dev.comms.contract.CommsException.UnknownOutcome;
import dev.comms.contract.Effect;
import dev.comms.contract.Task;
import dev.comms.contract.Verdict;
import dev.comms.fake.Failures;
import dev.comms.fake.FakeDelivery;
import dev.comms.fake.FakeStore;
import dev.comms.fake.FakeTasks;
import dev.comms.fake.ManualTime;
import dev.comms.spi.Envelope;
import dev.comms.spi.Health;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.opentelemetry.api.OpenTelemetry;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CyclicBarrier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class UniqueTest {
  private static final Submit WELCOME = Submit.now().unique("welcome-7");

  private final ManualTime time = new ManualTime();
  private final FakeStore store = new FakeStore();
  private final FakeTasks broker = new FakeTasks();
  private final List<Comms> all = new ArrayList<>();
  private final Tasks tasks = instance(broker);

  private Tasks instance(FakeTasks transport) {
    Comms comms =
        Comms.service("test", new SimpleMeterRegistry())
            .policies(policies())
            .time(time)
            .store(store)
            .build();
    all.add(comms);
    return comms.tasks(transport);
  }

  private void start() {
    all.forEach(Comms::start);
  }

  @AfterEach
  void close() {
    all.forEach(Comms::close);
  }

  /** What the worker makes of the first message that was sent. */
  private FakeDelivery worked(RuntimeException thrown) {
    tasks.handle(
        MAIL,
        Workers.of(1),
        (mail, context) -> {
          if (thrown != null) {
            throw thrown;
          }
        });
    start();
    tasks.submit(MAIL, "hi", WELCOME);
    FakeDelivery delivery = new FakeDelivery(broker.sent.get(0).message());
    broker.consumer.deliver(delivery);
    valueOf(delivery.settled);
    return delivery;
  }

  private String holder() {
    return valueOf(store.memory.find("unique/1/test.mail/welcome-7"));
  }

  @Test
  void whileTheFirstHasNotEndedAnotherStoresNothingAndHasItsId() {
    start();
    String first = tasks.submit(MAIL, "hi", WELCOME);
    assertThat(tasks.submit(MAIL, "hi again", WELCOME)).isEqualTo(first);
    assertThat(broker.sent).hasSize(1);
  }

  @Test
  void anotherKeyAndAnotherContractAreFree() {
    start();
    tasks.submit(MAIL, "hi", WELCOME);
    tasks.submit(MAIL, "hi", Submit.now().unique("welcome-8"));
    Task<String> other = Task.named("test.other", TEXT).eachAttemptWithin(Fixture.SECOND);
    tasks.submit(other, "hi", WELCOME);
    tasks.submit(MAIL, "hi");
    assertThat(broker.sent).hasSize(4);
  }

  @Test
  void theKeyIsFreeWhenTheTaskIsDone() {
    worked(null);
    await().until(() -> holder() == null);
    tasks.submit(MAIL, "once more", WELCOME);
    assertThat(broker.sent).hasSize(2);
  }

  @Test
  void theKeyIsFreeWhenTheTaskIsDead() {
    assertThat(worked(Verdict.reject("no such user")).settlements).contains("dead: rejected");
    await().until(() -> holder() == null);
  }

  @Test
  void aRetryKeepsTheKeyAndItsHeader() {
    FakeDelivery delivery = worked(new IllegalStateException("smtp is gone"));
    assertThat(delivery.settlements).containsExactly("retry");
    assertThat(holder()).isEqualTo(delivery.envelope().id());
    assertThat(delivery.envelope().headers()).containsEntry("comms-unique", "welcome-7");
  }

  @Test
  void whatTheBrokerTookBackRunsAgainAndKeepsItsKey() {
    start();
    tasks.submit(MAIL, "hi", WELCOME);
    FakeDelivery delivery = new FakeDelivery(broker.sent.get(0).message());
    delivery.revoked = true;
    valueOf(new Releasing(uniques(), delivery).done());
    assertThat(holder()).isEqualTo(delivery.envelope().id());
  }

  private Uniques uniques() {
    Memory memory = new Memory(store, time);
    return new Uniques(
        new Engine(
            "test",
            new SimpleMeterRegistry(),
            time,
            policies(),
            OpenTelemetry.noop(),
            Runnable::run,
            false,
            Settings.none(),
            List.of(),
            memory));
  }

  @Test
  void aTaskThatComesLateDoesNotFreeTheKeyOfAnother() {
    start();
    tasks.submit(MAIL, "hi", WELCOME);
    Envelope late = FakeDelivery.message("test.mail", "older", "hi");
    FakeDelivery delivery = new FakeDelivery(late.header("comms-unique", "welcome-7"));
    valueOf(new Releasing(uniques(), delivery).done());
    assertThat(holder()).isEqualTo(broker.sent.get(0).message().id());
  }

  @Test
  void theKeyIsFreeAtTheLatestWhenItsLifeEndsWhichCountsFromWhenTheTaskMayRun() {
    start();
    Submit how = Submit.after(Duration.ofHours(2)).unique("welcome-7", Duration.ofHours(1));
    String first = tasks.submit(MAIL, "hi", how);
    time.advance(Duration.ofMinutes(179));
    assertThat(tasks.submit(MAIL, "hi", how)).isEqualTo(first);
    time.advance(Duration.ofMinutes(1));
    assertThat(tasks.submit(MAIL, "hi", how)).isNotEqualTo(first);
  }

  @Test
  void whatWasCertainlyNotStoredFreesTheKey() {
    start();
    Misconfigured refused = new Misconfigured("test.mail", "the queue is another's");
    broker.broker = sent -> sent.confirm().completeExceptionally(refused);
    assertThat(failureOf(tasks.submitAsync(MAIL, "hi", WELCOME)).effect()).isEqualTo(Effect.NONE);
    assertThat(holder()).isNull();
  }

  @Test
  void whatMayBeStoredKeepsTheKey() {
    start();
    UnknownOutcome unknown = new UnknownOutcome("id-7", Failures.facts().message("no confirm"));
    broker.broker = sent -> sent.confirm().completeExceptionally(unknown);
    failureOf(tasks.submitAsync(MAIL, "hi", WELCOME.withId("id-7")));
    assertThat(holder()).isEqualTo("id-7");
    assertThat(tasks.submit(MAIL, "hi", WELCOME)).isEqualTo("id-7");
  }

  @Test
  void underTheSameIdAnUnknownOneMayBeSubmittedAgain() {
    start();
    UnknownOutcome unknown = new UnknownOutcome("id-7", Failures.facts().message("no confirm"));
    broker.broker = sent -> sent.confirm().completeExceptionally(unknown);
    failureOf(tasks.submitAsync(MAIL, "hi", WELCOME.withId("id-7")));
    broker.broker = sent -> sent.confirm().complete(null);
    assertThat(tasks.submit(MAIL, "hi", WELCOME.withId("id-7"))).isEqualTo("id-7");
    assertThat(broker.sent).hasSize(2);
  }

  @Test
  void ofManySubmissionsOfTwoInstancesAtOnceOneIsStored() throws Exception {
    FakeTasks otherBroker = new FakeTasks();
    Tasks other = instance(otherBroker);
    start();
    int threads = 16;
    CyclicBarrier together = new CyclicBarrier(threads);
    List<CompletableFuture<String>> ids = new ArrayList<>();
    for (int i = 0; i < threads; i++) {
      Tasks by = i % 2 == 0 ? tasks : other;
      CompletableFuture<String> id = new CompletableFuture<>();
      ids.add(id);
      Thread thread =
          new Thread(
              () -> {
                try {
                  together.await();
                  id.complete(by.submit(MAIL, "hi", WELCOME));
                } catch (Exception failed) {
                  id.completeExceptionally(failed);
                }
              });
      thread.start();
    }
    Set<String> known = new HashSet<>();
    ids.forEach(id -> known.add(valueOf(id)));
    assertThat(known).hasSize(1);
    assertThat(broker.sent.size() + otherBroker.sent.size()).isEqualTo(1);
  }

  @Test
  void aPayloadThatCannotBeEncodedTakesNoKey() {
    start();
    assertThatExceptionOfType(Malformed.class).isThrownBy(() -> tasks.submit(MAIL, "bad", WELCOME));
    assertThat(store.diary).doesNotContain("claim unique/1/test.mail/welcome-7");
  }

  @Test
  void withoutItsStoreNothingIsSubmittedAndItMayBeTriedAgain() {
    start();
    store.broken = Failures.broken();
    CommsException failure = failureOf(tasks.submitAsync(MAIL, "hi", WELCOME));
    assertThat(failure).isInstanceOf(CommsException.Unavailable.class);
    assertThat(failure.effect()).isEqualTo(Effect.NONE);
    assertThat(failure).hasMessageContainingAll("test.mail", "not submitted", "unique key");
    assertThat(broker.sent).isEmpty();
    assertThat(storeHealth()).isEqualTo(Health.State.DOWN);
    store.broken = null;
    tasks.submit(MAIL, "hi", WELCOME);
    assertThat(storeHealth()).isEqualTo(Health.State.UP);
  }

  private Health.State storeHealth() {
    return all.get(0).health().parts().stream()
        .filter(part -> part.name().equals("store fake-store"))
        .findFirst()
        .orElseThrow()
        .state();
  }

  @Test
  void whoGivesUpBeforeTheKeyIsTakenSubmitsNothingAndLeavesItFree() {
    start();
    store.gate = new CompletableFuture<>();
    CompletableFuture<String> submitted = tasks.submitAsync(MAIL, "hi", WELCOME);
    submitted.cancel(true);
    store.gate.complete(null);
    await().until(() -> holder() == null);
    assertThat(broker.sent).isEmpty();
  }

  @Test
  void cancellingReachesTheTransportAndKeepsTheKey() {
    start();
    broker.broker = silent -> {};
    CompletableFuture<String> submitted = tasks.submitAsync(MAIL, "hi", WELCOME);
    submitted.cancel(true);
    await().until(() -> broker.sent.get(0).confirm().isCancelled());
    assertThat(holder()).isNotNull();
  }

  @Test
  void withoutAStoreItIsRefusedAndTheMessageNamesTheFix() {
    Comms bare = Comms.service("bare", new SimpleMeterRegistry()).time(time).build();
    all.add(bare);
    Tasks alone = bare.tasks(new FakeTasks());
    start();
    assertThatExceptionOfType(Misconfigured.class)
        .isThrownBy(() -> alone.submit(MAIL, "hi", WELCOME))
        .withMessageContainingAll("test.mail", "unique", "store(JdbcStore");
  }

  @Test
  void theStoreIsOpenedAtTheStartAndClosedAtTheEnd() {
    assertThatExceptionOfType(Misconfigured.class)
        .isThrownBy(() -> tasks.submit(MAIL, "hi", WELCOME))
        .withMessageContaining("before comms.start()");
    start();
    close();
    assertThat(store.diary).containsExactly("open", "close");
  }
}
