package dev.comms.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.comms.contract.CommsException;
import dev.comms.contract.Deadline;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import org.junit.jupiter.api.Test;

class TestClockTest {
  private final TestClock clock = TestClock.create();
  private final List<String> ran = new ArrayList<>();

  @Test
  void theClockStandsStillUntilItIsTurned() {
    Instant before = clock.now();

    clock.advance(Duration.ofHours(3));

    assertThat(clock.now()).isEqualTo(before.plus(Duration.ofHours(3)));
  }

  @Test
  void timersRunInTheOrderOfTheirDueTimeThenOfTheirScheduling() {
    clock.schedule(Duration.ofSeconds(2), () -> ran.add("c"));
    clock.schedule(Duration.ofSeconds(1), () -> ran.add("a"));
    clock.schedule(Duration.ofSeconds(1), () -> ran.add("b"));

    clock.advance(Duration.ofSeconds(2));

    assertThat(ran).containsExactly("a", "b", "c");
  }

  @Test
  void aTimerIsNotRunBeforeItsTime() {
    clock.schedule(Duration.ofSeconds(2), () -> ran.add("late"));

    clock.advance(Duration.ofMillis(1_999));

    assertThat(ran).isEmpty();
    assertThat(clock.scheduled()).isEqualTo(1);
  }

  @Test
  void aTimerSeesItsOwnMomentAsThePresentAndMayScheduleMore() {
    Instant start = clock.now();
    clock.schedule(
        Duration.ofSeconds(1),
        () -> {
          ran.add(Duration.between(start, clock.now()).toString());
          clock.schedule(
              Duration.ofSeconds(1),
              () -> ran.add(Duration.between(start, clock.now()).toString()));
        });

    clock.advance(Duration.ofSeconds(10));

    assertThat(ran).containsExactly("PT1S", "PT2S");
  }

  @Test
  void aCancelledTimerDoesNotRun() {
    clock.schedule(Duration.ofSeconds(1), () -> ran.add("never")).cancel();

    clock.advance(Duration.ofSeconds(1));

    assertThat(ran).isEmpty();
  }

  @Test
  void aClockCannotGoBack() {
    assertThatThrownBy(() -> clock.advance(Duration.ofSeconds(-1)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("PT-1S");
  }

  @Test
  void waitingRunsWhatIsDueAndDoesNotBlock() {
    CompletableFuture<String> result = new CompletableFuture<>();
    clock.schedule(Duration.ZERO, () -> result.complete("answer"));

    String answer = clock.await(result, "c", Deadline.after(clock, Duration.ofSeconds(1)));

    assertThat(answer).isEqualTo("answer");
    assertThat(clock.scheduled()).isZero();
  }

  @Test
  void waitingPastADeadlineFailsAndCancels() {
    CompletableFuture<String> result = new CompletableFuture<>();
    Deadline deadline = Deadline.after(clock, Duration.ofSeconds(1));
    clock.advance(Duration.ofSeconds(1));

    assertThatThrownBy(() -> clock.await(result, "c", deadline))
        .isInstanceOf(CommsException.DeadlineExceeded.class);
    assertThat(result).isCancelled();
  }

  @Test
  void waitingTurnsTheClockOnlyAsFarAsItTakes() {
    CompletableFuture<String> result = new CompletableFuture<>();
    clock.schedule(Duration.ofMinutes(1), () -> result.complete("answer"));
    clock.schedule(Duration.ofMinutes(2), () -> ran.add("later"));

    clock.await(result, "c", Deadline.after(clock, Duration.ofDays(1)));

    assertThat(clock.elapsed()).isEqualTo(Duration.ofMinutes(1));
    assertThat(ran).isEmpty();
  }

  @Test
  void waitingForWhatCannotComeAnyMoreFailsAtOnce() {
    assertThatThrownBy(() -> clock.await(new CompletableFuture<>(), "c", Deadline.never(clock)))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("nothing is scheduled");
  }

  @Test
  void workRunsOneAtATimeAndMaySleepOnTheClock() {
    ExecutorService executor = clock.executor("work");
    for (String name : List.of("a", "b")) {
      executor.execute(
          () -> {
            ran.add(name + " begins");
            sleep(Duration.ofSeconds(name.equals("a") ? 2 : 1));
            ran.add(name + " ends");
          });
    }
    assertThat(ran).isEmpty();

    clock.advance(Duration.ofSeconds(2));

    assertThat(ran).containsExactly("a begins", "b begins", "b ends", "a ends");
  }

  @Test
  void anInterruptedSleeperGoesOnWhenItIsItsTurn() {
    ExecutorService executor = clock.executor("work");
    executor.execute(() -> sleep(Duration.ofDays(1)));
    clock.settle();

    executor.shutdownNow();
    assertThat(executor.isTerminated()).isFalse();
    clock.settle();

    assertThat(ran).containsExactly("interrupted");
    assertThat(executor.isTerminated()).isTrue();
  }

  @Test
  void workThatHasNotBegunIsGivenBackAtTheEnd() {
    ExecutorService executor = clock.executor("work");
    Runnable work = () -> ran.add("never");
    executor.execute(work);

    assertThat(executor.shutdownNow()).containsExactly(work);
    clock.settle();

    assertThat(ran).isEmpty();
  }

  private void sleep(Duration duration) {
    try {
      clock.sleep(duration);
    } catch (InterruptedException interrupted) {
      ran.add("interrupted");
    }
  }

  @Test
  void aHandlerCannotTurnTheClock() {
    clock
        .executor("work")
        .execute(
            () -> {
              try {
                clock.advance(Duration.ofSeconds(1));
              } catch (IllegalStateException refused) {
                ran.add(String.valueOf(refused.getMessage()));
              }
            });

    clock.settle();

    assertThat(ran).singleElement().asString().contains("let it sleep(PT1S)");
  }

  @Test
  void aFailureOfTheResultIsTheFailureOfTheWait() {
    CommsException no = new CommsException.Misconfigured("part", "wrong");

    assertThatThrownBy(
            () ->
                clock.await(
                    CompletableFuture.failedFuture(no),
                    "c",
                    Deadline.after(clock, Duration.ofSeconds(1))))
        .isSameAs(no);
  }
}
