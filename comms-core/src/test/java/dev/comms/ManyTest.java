package dev.comms;

import static dev.comms.Fixture.MAIL;
import static dev.comms.Fixture.SEEN;
import static dev.comms.Fixture.comms;
import static dev.comms.Fixture.failureOf;
import static dev.comms.Fixture.policies;
import static dev.comms.Fixture.valueOf;
import static org.assertj.core.api.Assertions.assertThat;

import dev.comms.contract.CommsException;
import dev.comms.contract.CommsException.Malformed;
import dev.comms.contract.CommsException.UnknownOutcome;
import dev.comms.contract.Context;
import dev.comms.contract.Time;
import dev.comms.fake.Failures;
import dev.comms.fake.FakeEvents;
import dev.comms.fake.FakeTasks;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.assertj.core.api.Assertions;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** submitAll and publishAll. */
class ManyTest {
  private final Comms comms = comms(new SimpleMeterRegistry(), policies());
  private final FakeTasks broker = new FakeTasks();
  private final FakeEvents log = new FakeEvents();
  private final Tasks tasks = comms.tasks(broker);
  private final Events events = comms.events(log);

  ManyTest() {
    comms.start();
  }

  @AfterEach
  void close() {
    comms.close();
  }

  private static List<String> texts(int many) {
    return IntStream.range(0, many).mapToObj(i -> "text-" + i).toList();
  }

  private List<String> sentIds() {
    return broker.sent.stream().map(sent -> sent.message().id()).toList();
  }

  @Test
  void theIdsComeBackInTheOrderOfThePayloads() {
    assertThat(tasks.submitAll(MAIL, texts(20_000))).isEqualTo(sentIds());
    List<String> published = events.publishAll(SEEN, texts(300));
    assertThat(log.published).extracting(one -> one.id()).isEqualTo(published);
    assertThat(log.published.get(299).key()).isEqualTo("text-299");
    assertThat(tasks.submitAll(MAIL, List.of())).isEmpty();
  }

  @Test
  void onlySoManyWaitForTheirConfirm() {
    broker.broker = silent -> {};
    CompletableFuture<List<String>> all = tasks.submitAllAsync(MAIL, texts(300));
    assertThat(broker.sent).hasSize(256);
    broker.sent.get(0).confirm().complete(null);
    assertThat(broker.sent).hasSize(257);
    for (int i = 0; i < 300; i++) {
      broker.sent.get(i).confirm().complete(null);
    }
    assertThat(valueOf(all)).isEqualTo(sentIds());
  }

  @Test
  void theFirstFailureNamesWhichWereConfirmedAndNothingMoreIsSent() {
    broker.broker =
        sent -> {
          if (broker.sent.size() == 4) {
            sent.confirm()
                .completeExceptionally(
                    new UnknownOutcome(
                        sent.message().id(), Failures.facts().message("no confirm came")));
          } else {
            sent.confirm().complete(null);
          }
        };
    CommsException failure = failureOf(tasks.submitAllAsync(MAIL, texts(10)));
    assertThat(failure)
        .isInstanceOf(UnknownOutcome.class)
        .hasMessageContainingAll("3 of 10 were confirmed (at 0 to 2)", "the one at 3 was not");
    List<String> ids = sentIds();
    assertThat(ids).hasSize(4);
    assertThat(NotAll.confirmed(failure))
        .isEqualTo(Map.of(0, ids.get(0), 1, ids.get(1), 2, ids.get(2)));
  }

  @Test
  void whatWasUnderWayEndsBeforeTheFailureIsTold() {
    broker.broker = silent -> {};
    CompletableFuture<List<String>> all = tasks.submitAllAsync(MAIL, texts(3));
    broker.sent.get(1).confirm().completeExceptionally(Failures.failed());
    broker.sent.get(0).confirm().complete(null);
    assertThat(all).isNotDone();
    broker.sent.get(2).confirm().complete(null);
    assertThat(failureOf(all)).hasMessageContaining("2 of 3 were confirmed (at 0, 2)");
  }

  @Test
  void aPayloadThatCannotBeEncodedStopsItWhereItStands() {
    CommsException failure = failureOf(events.publishAllAsync(SEEN, List.of("a", "bad", "c")));
    assertThat(failure).isInstanceOf(Malformed.class).hasMessageContaining("the one at 1");
    assertThat(log.published).hasSize(1);
    assertThat(NotAll.confirmed(failure)).containsOnlyKeys(0);
  }

  @Test
  void eachConfirmInheritsWhatIsLeftAlsoThoseSentLater() throws Exception {
    broker.broker = silent -> {};
    Context hurried = Fixture.context(Time.system(), Duration.ofSeconds(2), Map.of());
    CompletableFuture<List<String>> all =
        hurried.wrap(() -> tasks.submitAllAsync(MAIL, texts(300))).call();
    broker.sent.get(0).confirm().complete(null);
    assertThat(broker.sent).hasSize(257);
    assertThat(broker.sent.get(256).confirmBy().remaining()).isLessThan(Duration.ofSeconds(2));
    broker.sent.forEach(sent -> sent.confirm().completeExceptionally(Failures.failed()));
    assertThat(failureOf(all)).hasMessageContaining("1 of 300");
  }

  @Test
  void cancellingItReachesWhatIsUnderWay() {
    broker.broker = silent -> {};
    CompletableFuture<List<String>> all = tasks.submitAllAsync(MAIL, texts(10));
    assertThat(broker.sent).hasSize(10);
    all.cancel(true);
    assertThat(broker.sent).allMatch(sent -> sent.confirm().isCancelled());
    assertThat(broker.sent).hasSize(10);
  }

  @Test
  void aWaitThatEndsFirstSaysWhichWereConfirmedByThen() {
    broker.broker =
        sent -> {
          if (broker.sent.size() < 3) {
            sent.confirm().complete(null);
          }
        };
    Context context = Fixture.context(Time.system(), Duration.ofMillis(200), Map.of());
    CommsException failure =
        Assertions.catchThrowableOfType(
            CommsException.class,
            context.wrap(
                    () -> {
                      tasks.submitAll(MAIL, texts(5));
                    })
                ::run);
    assertThat(failure).isNotNull();
    assertThat(NotAll.confirmed(failure)).hasSize(2).containsKeys(0, 1);
  }
}
