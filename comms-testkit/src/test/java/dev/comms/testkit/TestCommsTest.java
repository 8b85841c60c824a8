package dev.comms.testkit;

import static dev.comms.testkit.Talks.ASK;
import static dev.comms.testkit.Talks.MAIL;
import static dev.comms.testkit.Talks.SEEN;
import static java.time.Duration.ofHours;
import static java.time.Duration.ofMillis;
import static java.time.Duration.ofMinutes;
import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.comms.Group;
import dev.comms.Submit;
import dev.comms.Workers;
import dev.comms.contract.Code;
import dev.comms.contract.CommsException;
import dev.comms.contract.Priority;
import dev.comms.contract.Task;
import dev.comms.contract.Verdict;
import dev.comms.spi.EventTransport.Start;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class TestCommsTest {
  private final TestComms comms = TestComms.create();
  private final List<String> got = new ArrayList<>();

  @AfterEach
  void close() {
    comms.close();
  }

  private void note(String what) {
    got.add(comms.clock().elapsed() + " " + what);
  }

  @Test
  void aCallIsAnsweredByWhatTheTestServes() {
    comms.serve().answer(ASK, (question, context) -> question + "?");

    assertThat(comms.calls().call(ASK, "why")).isEqualTo("why?");
  }

  @Test
  void inMemoryNothingProvesWhoCalls() {
    comms
        .serve()
        .answer(ASK, (question, context) -> context.peer() == null ? "nobody" : "somebody");

    assertThat(comms.calls().call(ASK, "who")).isEqualTo("nobody");
  }

  @Test
  void aCallThatFailsOnceIsTriedAgainWhileTheTestWaitsOnTheVirtualClock() {
    comms
        .serve()
        .answer(
            ASK,
            (question, context) -> {
              got.add("attempt");
              if (got.size() == 1) {
                throw new CommsException.Unavailable(
                    CommsException.Facts.of("ask").message("busy"));
              }
              return "42";
            });

    assertThat(comms.calls().call(ASK, "why")).isEqualTo("42");
    assertThat(comms.clock().elapsed()).isPositive();
  }

  @Test
  void aCallToNobodyIsRefusedAndSaysWhatToDo() {
    assertThatThrownBy(() -> comms.calls().call(ASK, "why"))
        .isInstanceOf(CommsException.Rejected.class)
        .hasMessageContaining("register an answer");
  }

  @Test
  void aCallThatIsNotAnsweredEndsAtItsLimitInNoTime() {
    CountDownLatch interrupted = new CountDownLatch(1);
    comms
        .serve()
        .answer(
            ASK,
            (question, context) -> {
              try {
                comms.clock().sleep(ofHours(1));
              } catch (InterruptedException expected) {
                interrupted.countDown();
                throw expected;
              }
              return "late";
            });

    assertThatThrownBy(() -> comms.calls().call(ASK, "why"))
        .isInstanceOf(CommsException.DeadlineExceeded.class);
    comms.settle();
    assertThat(comms.clock().elapsed()).isBetween(ofSeconds(1), ofMillis(1_100));
    assertThat(interrupted.getCount()).isZero();
  }

  @Test
  void aHandlerMayFanOutWithFuturesOfItsOwn() {
    comms.serve().answer(ASK, (question, context) -> question + "!");
    comms
        .tasks()
        .handle(
            MAIL,
            Workers.of(1),
            (text, context) -> {
              CompletableFuture<String> a = comms.calls().callAsync(ASK, "a");
              CompletableFuture<String> b = comms.calls().callAsync(ASK, "b");
              note(a.join() + b.join());
            });

    comms.tasks().submit(MAIL, "x");
    comms.settle();

    assertThat(got).containsExactly("PT0S a!b!");
  }

  @Test
  void handlersRunOnlyWhenTheTestWaits() {
    comms.tasks().handle(MAIL, Workers.of(8), (text, context) -> note(text));

    comms.tasks().submit(MAIL, "a");
    assertThat(got).isEmpty();
    comms.settle();

    assertThat(got).containsExactly("PT0S a");
  }

  @Test
  void advancingRunsWhatIsDueInOrderAtItsOwnTime() {
    comms.tasks().handle(MAIL, Workers.of(8), (text, context) -> note(text));
    comms.tasks().submit(MAIL, "late", Submit.after(ofMinutes(9)));
    comms.tasks().submit(MAIL, "early", Submit.after(ofMinutes(1)));
    comms.tasks().submit(MAIL, "later", Submit.after(ofMinutes(11)));

    comms.clock().advance(ofMinutes(10));

    assertThat(got).containsExactly("PT1M early", "PT9M late");
  }

  @Test
  void aFailingTaskIsRetriedAfterItsBackoffAndThenDeadLettered() {
    comms
        .tasks()
        .handle(
            MAIL,
            Workers.of(1),
            (text, context) -> {
              note("attempt " + context.attempt());
              throw new IllegalStateException("no printer");
            });
    comms.tasks().submit(MAIL, "x");

    comms.clock().advance(ofMinutes(1));

    assertThat(got).hasSize(3);
    CommsAssertions.assertThat(comms).deadLettered(MAIL).once().because("no printer");
  }

  @Test
  void aHandlerPastItsLimitIsInterruptedAndItsTaskIsTriedAgain() {
    comms
        .tasks()
        .handle(
            MAIL.attempts(2),
            Workers.of(1),
            (text, context) -> {
              note("attempt " + context.attempt());
              comms.clock().sleep(ofHours(1));
              note("never");
            });
    comms.tasks().submit(MAIL, "x");

    comms.clock().advance(ofMinutes(3));

    assertThat(got).hasSize(2).noneMatch(text -> text.endsWith("never"));
    CommsAssertions.assertThat(comms).deadLettered(MAIL).because("attempts");
  }

  @Test
  void tasksOfHigherPriorityGoFirst() {
    comms.tasks().submit(MAIL, "normal");
    Task<String> low = MAIL.priority(Priority.LOW);
    Task<String> high = MAIL.priority(Priority.HIGH);
    comms.tasks().submit(low, "low");
    comms.tasks().submit(high, "high");

    comms.tasks().handle(MAIL, Workers.of(1), (text, context) -> note(text));
    comms.settle();

    assertThat(got).containsExactly("PT0S high", "PT0S normal", "PT0S low");
  }

  @Test
  void aLongTaskGoesOnFromItsCheckpoint() {
    comms
        .tasks()
        .handle(
            MAIL,
            Workers.of(1),
            (text, context) -> {
              byte[] state = context.state();
              int done = state == null ? 0 : Integer.parseInt(text(state));
              note("piece " + done + " attempt " + context.attempt());
              if (done < 2) {
                byte[] next = String.valueOf(done + 1).getBytes(StandardCharsets.UTF_8);
                throw Verdict.continueLater(next, ofMinutes(1));
              }
            });
    comms.tasks().submit(MAIL, "x");

    comms.clock().advance(ofHours(1));

    assertThat(got)
        .containsExactly(
            "PT0S piece 0 attempt 1", "PT1M piece 1 attempt 1", "PT2M piece 2 attempt 1");
  }

  private static String text(byte[] state) {
    return new String(state, StandardCharsets.UTF_8);
  }

  @Test
  void anExpiredTaskIsNotHandled() {
    comms.tasks().submit(MAIL, "stale", Submit.now().expiresAfter(ofMinutes(1)));
    comms.clock().advance(ofMinutes(2));

    comms.tasks().handle(MAIL, Workers.of(1), (text, context) -> note(text));

    CommsAssertions.assertThat(comms).deadLettered(MAIL).because("expired").neverHandled(MAIL);
    assertThat(got).isEmpty();
  }

  @Test
  void eachGroupGetsEveryEventInTheOrderOfItsKey() {
    for (String group : List.of("one", "two")) {
      comms
          .events()
          .handle(
              SEEN,
              Group.named(group).startsAt(Start.EARLIEST),
              (text, context) -> note(group + " " + text));
    }

    List.of("a-1", "b-1", "a-2", "b-2").forEach(text -> comms.events().publish(SEEN, text));
    comms.settle();

    assertThat(got.stream().filter(text -> text.contains("one a")).toList())
        .containsExactly("PT0S one a-1", "PT0S one a-2");
    assertThat(got).hasSize(8);
  }

  @Test
  void aThousandDelayedTasksOfAWeekAreHandledInUnderASecond() {
    comms.tasks().handle(MAIL, Workers.of(8), (text, context) -> got.add(text));
    long best = Long.MAX_VALUE;
    // The best of three weeks: other programs only ever add time.
    for (int week = 1; week <= 3; week++) {
      for (int i = 0; i < 1_000; i++) {
        comms.tasks().submit(MAIL, "x", Submit.after(ofMinutes(10L * (i + 1))));
      }
      long begun = System.nanoTime();

      comms.clock().advance(Duration.ofDays(7));

      best = Math.min(best, System.nanoTime() - begun);
      assertThat(got).hasSize(1_000 * week);
    }
    assertThat(Duration.ofNanos(best)).isLessThan(ofSeconds(1));
  }

  @Test
  void aRejectedTaskGoesToTheDeadLettersAtOnce() {
    comms
        .tasks()
        .handle(
            MAIL,
            Workers.of(1),
            (text, context) -> {
              throw new CommsException.Rejected(Code.INVALID_ARGUMENT, "no such address");
            });

    comms.tasks().submit(MAIL, "x");

    CommsAssertions.assertThat(comms).deadLettered(MAIL).once().because("rejected");
  }

  @Test
  void aHandlerThatSleepsForEverDoesNotHoldUpTheEnd() {
    comms
        .tasks()
        .handle(MAIL, Workers.of(1), (text, context) -> comms.clock().sleep(Duration.ofDays(100)));
    comms.tasks().submit(MAIL, "x");
    comms.settle();

    comms.close();

    assertThat(comms.clock().elapsed()).isLessThan(ofMinutes(1));
  }

  @Test
  void aUniqueTaskIsSubmittedOnce() {
    comms.tasks().handle(MAIL, Workers.of(1), (text, context) -> note(text));

    String first = comms.tasks().submit(MAIL, "x", Submit.now().unique("welcome-ada"));
    String second = comms.tasks().submit(MAIL, "y", Submit.now().unique("welcome-ada"));
    comms.settle();

    assertThat(second).isEqualTo(first);
    assertThat(got).containsExactly("PT0S x");
  }

  @Test
  void aScheduleFiresAtItsTimes() {
    comms.tasks().handle(MAIL, Workers.of(1), (text, context) -> note(text));
    comms.tasks().every("hourly", ofHours(1), MAIL, () -> "tick");

    comms.clock().advance(ofMinutes(150));

    CommsAssertions.assertThat(comms).handled(MAIL).times(2);
    assertThat(got).allMatch(text -> text.endsWith("tick"));
  }

  @Test
  void eventsAreReplayed() {
    comms.events().publish(SEEN, "a-1");
    comms.clock().advance(ofHours(2));
    comms.events().publish(SEEN, "a-2");

    comms.events().replay(SEEN).since(ofHours(1)).each((text, context) -> got.add(text));

    assertThat(got).containsExactly("a-2");
  }

  @Test
  void deadLettersOfAnEventAreRedriven() {
    boolean[] mended = {false};
    comms
        .events()
        .handle(
            SEEN.attempts(1),
            Group.named("g").startsAt(Start.EARLIEST),
            (text, context) -> {
              if (!mended[0]) {
                throw new IllegalStateException("broken");
              }
              note(text);
            });
    comms.events().publish(SEEN, "a-1");
    CommsAssertions.assertThat(comms).deadLettered(SEEN).once();

    mended[0] = true;
    comms.events().redrive(SEEN, "g").run();

    CommsAssertions.assertThat(comms).handled(SEEN).once();
    assertThat(got).hasSize(1);
  }

  @Test
  void aLentExecutorIsNotUsedSinceTheClockRunsAllHandlers() {
    Executor never =
        work -> {
          throw new AssertionError("used");
        };
    comms.tasks().handle(MAIL, Workers.of(1).on(never), (text, context) -> note(text));

    comms.tasks().submit(MAIL, "x");
    comms.settle();

    assertThat(got).containsExactly("PT0S x");
  }
}
