package dev.comms;

import static dev.comms.Fixture.MAIL;
import static dev.comms.Fixture.SEEN;
import static dev.comms.Fixture.comms;
import static dev.comms.Fixture.failureOf;
import static dev.comms.Fixture.policies;
import static dev.comms.Fixture.valueOf;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.awaitility.Awaitility.await;

import dev.comms.Redrive.Redriven;
import dev.comms.contract.CommsException;
import dev.comms.fake.FakeDeadLetters;
import dev.comms.fake.FakeEvents;
import dev.comms.fake.FakeTasks;
import dev.comms.fake.ManualTime;
import dev.comms.spi.Ability;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class RedriveTest {
  private static final Duration SECOND = Duration.ofSeconds(1);

  private final ManualTime time = new ManualTime();
  private final Comms comms = comms(new SimpleMeterRegistry(), policies(), time);
  private final FakeTasks broker = new FakeTasks();
  private final FakeEvents log = new FakeEvents();
  private final Tasks tasks = comms.tasks(broker);
  private final Events events = comms.events(log);
  private final FakeDeadLetters dead = broker.dead;
  private final List<String> redriven = new CopyOnWriteArrayList<>();

  RedriveTest() {
    dead.redriven = letter -> redriven.add(letter.message().id());
    comms.start();
  }

  @AfterEach
  void close() {
    comms.close();
  }

  private void letters(int many) {
    for (int i = 0; i < many; i++) {
      dead.add("id-" + i, i % 2 == 0 ? "attempts" : "rejected");
    }
  }

  private Redriven ended(CompletableFuture<Redriven> run) {
    await()
        .atMost(Duration.ofSeconds(30))
        .pollInterval(Duration.ofMillis(2))
        .until(
            () -> {
              time.advance(SECOND);
              return run.isDone();
            });
    return valueOf(run);
  }

  @Test
  void allLettersGoBackOldestFirst() {
    letters(5);
    assertThat(ended(tasks.redrive(MAIL).runAsync())).isEqualTo(new Redriven(5, 0, 0, false));
    assertThat(redriven).containsExactly("id-0", "id-1", "id-2", "id-3", "id-4");
  }

  @Test
  void notMoreThanTheRateGoBackInASecond() {
    letters(25);
    CompletableFuture<Redriven> run = tasks.redrive(MAIL).perSecond(10).runAsync();
    assertThat(redriven).hasSize(10);
    time.advance(Duration.ofMillis(999));
    assertThat(redriven).hasSize(10);
    time.advance(Duration.ofMillis(1));
    await().until(() -> redriven.size() == 20);
    assertThat(ended(run).redriven()).isEqualTo(25);
  }

  @Test
  void whatIsNotWantedStaysAndIsCounted() {
    letters(6);
    CompletableFuture<Redriven> run =
        tasks.redrive(MAIL).onlyWhen(letter -> letter.reason().equals("attempts")).runAsync();
    assertThat(ended(run)).isEqualTo(new Redriven(3, 3, 0, false));
    assertThat(dead.ids()).containsExactly("id-1", "id-3", "id-5");
  }

  @Test
  void aCanaryThatDiesAgainStopsIt() {
    letters(20);
    dead.redriven = letter -> dead.add(letter.message().id(), "attempts");
    CompletableFuture<Redriven> run =
        tasks.redrive(MAIL).canary(5, Duration.ofMinutes(1)).runAsync();
    time.advance(Duration.ofSeconds(59));
    assertThat(run).isNotDone();
    assertThat(ended(run)).isEqualTo(new Redriven(5, 0, 5, true));
    assertThat(dead.ids()).hasSize(20);
  }

  @Test
  void afterACanaryThatLivesTheRestFollows() {
    letters(20);
    CompletableFuture<Redriven> run = tasks.redrive(MAIL).canary(5).perSecond(50).runAsync();
    time.advance(Duration.ofSeconds(29));
    assertThat(redriven).hasSize(5);
    assertThat(ended(run)).isEqualTo(new Redriven(20, 0, 0, false));
  }

  @Test
  void aLetterThatDiesAgainIsPutBackOnlyOnce() {
    letters(3);
    dead.redriven = letter -> dead.add(letter.message().id(), "attempts");
    assertThat(ended(tasks.redrive(MAIL).perSecond(2).runAsync()))
        .isEqualTo(new Redriven(3, 0, 3, false));
  }

  @Test
  void aConditionThatThrowsEndsItAndNothingIsLost() {
    letters(3);
    CompletableFuture<Redriven> run =
        tasks
            .redrive(MAIL)
            .onlyWhen(
                letter -> {
                  throw new IllegalStateException("no idea");
                })
            .runAsync();
    assertThat(failureOf(run)).hasMessageContaining("no idea");
    assertThat(dead.ids()).hasSize(3);
  }

  @Test
  void whoCancelsItStopsIt() {
    letters(30);
    CompletableFuture<Redriven> run = tasks.redrive(MAIL).perSecond(10).runAsync();
    run.cancel(true);
    time.advance(SECOND.multipliedBy(5));
    await().until(() -> time.timers() == 0);
    assertThat(redriven).hasSize(10);
  }

  @Test
  void theLettersOfAGroupAreRedrivenWhereTheTransportKnowsThem() {
    assertThatExceptionOfType(CommsException.Misconfigured.class)
        .isThrownBy(() -> events.redrive(SEEN, "analytics"))
        .withMessageContainingAll("test.seen", "fake-events has no dead letters of events");
    assertThatExceptionOfType(CommsException.Misconfigured.class)
        .isThrownBy(() -> events.deadLetters(SEEN, "analytics"));
    log.abilities = Set.of(Ability.DEAD_EVENTS);
    log.dead.add("id-1", "attempts");
    assertThat(ended(events.redrive(SEEN, "analytics").runAsync()).redriven()).isEqualTo(1);
    assertThat(valueOf(events.deadLetters(SEEN, "analytics").count())).isZero();
  }

  @Test
  void whatCannotBeIsRefusedByName() {
    Redrive redrive = tasks.redrive(MAIL);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> redrive.canary(0))
        .withMessageContainingAll("test.mail", "canary is 0", "1 to 1000");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> redrive.canary(1, Duration.ZERO))
        .withMessageContainingAll("test.mail", "PT0S");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> redrive.perSecond(0))
        .withMessageContainingAll("perSecond is 0", "1 to 10000");
  }
}
