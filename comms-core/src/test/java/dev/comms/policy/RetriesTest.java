package dev.comms.policy;

import static dev.comms.policy.Bench.SAFE;
import static dev.comms.policy.Bench.UNSAFE;
import static dev.comms.policy.Bench.failureOf;
import static org.assertj.core.api.Assertions.assertThat;

import dev.comms.contract.Backoff;
import dev.comms.contract.Call;
import dev.comms.contract.CommsException;
import dev.comms.contract.CommsException.Kind;
import dev.comms.contract.Context;
import dev.comms.contract.Contract;
import dev.comms.contract.Deadline;
import dev.comms.contract.Effect;
import dev.comms.contract.Fault;
import dev.comms.contract.Task;
import dev.comms.fake.Failures;
import dev.comms.fake.Text;
import dev.comms.policy.Exchange.Verb;
import dev.comms.spi.Envelope;
import dev.comms.spi.Reply;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

class RetriesTest {
  /** At most 1.2 s with its spread. */
  private static final Duration BACKOFF = Duration.ofSeconds(1);

  private static final Duration PAST_BACKOFF = Duration.ofMillis(1_200);

  private final Bench bench = new Bench();
  private final SimpleMeterRegistry meters = new SimpleMeterRegistry();

  private Retries retries(Contract contract) {
    return retries(contract, new RetryBudget(bench.time));
  }

  private Retries retries(Contract contract, RetryBudget budget) {
    Meters counted = new Meters(meters, Verb.CALL, "fake", contract, "there");
    Backoff backoff = new Backoff(BACKOFF, BACKOFF);
    return new Retries(
        contract, backoff, budget, bench.time, Runnable::run, counted.retries(false));
  }

  private CompletableFuture<? extends Reply> begin(Contract contract) {
    return retries(contract).apply(bench.call(contract), bench.step);
  }

  private double counted(String outcome) {
    return meters.get("comms.retries").tag("outcome", outcome).counter().count();
  }

  @Test
  void theFirstAnswerEndsIt() {
    var result = begin(SAFE);
    bench.step.reply().complete(Envelope.EMPTY);
    assertThat(result.join()).isSameAs(Envelope.EMPTY);
    assertThat(bench.step.asked).hasSize(1);
    assertThat(bench.time.timers()).isZero();
  }

  @Test
  void theNextAttemptWaitsForTheBackoff() {
    var result = begin(SAFE);
    bench.step.fail(Failures.unreachable());
    bench.time.advance(Duration.ofMillis(799));
    assertThat(bench.step.asked).hasSize(1);
    bench.time.advance(Duration.ofMillis(402));
    assertThat(bench.step.asked).hasSize(2);
    bench.step.reply().complete(Envelope.EMPTY);
    assertThat(result.join()).isSameAs(Envelope.EMPTY);
    assertThat(counted("sent")).isEqualTo(1);
  }

  @Test
  void anAttemptGetsItsLimitOrWhatIsLeftIfThatIsLess() {
    Duration each = Duration.ofSeconds(3);
    Call<String, String> call = SAFE.eachAttemptWithin(each);
    Exchange whole = bench.call(call);
    List<Duration> given = new ArrayList<>();
    List<Duration> left = new ArrayList<>();
    retries(call)
        .apply(
            whole,
            exchange -> {
              given.add(exchange.deadline().remaining());
              left.add(whole.deadline().remaining());
              return bench.step.proceed(exchange);
            });
    for (int i = 0; i < 2; i++) {
      bench.time.advance(each);
      bench.step.fail(Failures.late(Fault.REMOTE));
      while (bench.step.asked.size() == i + 1) {
        bench.time.advance(Duration.ofMillis(1));
      }
    }
    assertThat(given.subList(0, 2)).containsOnly(each);
    assertThat(given.get(2)).isEqualTo(left.get(2)).isLessThan(each);
  }

  @Test
  void aWaitThatWouldPassTheDeadlineIsNotBegunAndTheRealErrorIsTold() {
    var result = begin(SAFE);
    bench.time.advance(Duration.ofMillis(9_201));
    bench.step.fail(Failures.unreachable());
    assertThat(failureOf(result).kind()).isEqualTo(Kind.UNAVAILABLE);
    assertThat(counted("no_time")).isEqualTo(1);
    assertThat(bench.time.timers()).isZero();
  }

  @Test
  void anAnsweredNoIsNotAskedAgain() {
    var result = begin(SAFE);
    bench.step.fail(
        new CommsException.Rejected(dev.comms.contract.Code.NOT_FOUND, "no such thing"));
    assertThat(failureOf(result).kind()).isEqualTo(Kind.REJECTED);
    assertThat(bench.step.asked).hasSize(1);
  }

  @Test
  void whatMayHaveHadAnEffectIsRepeatedOnlyIfThatIsSafe() {
    var unsafe = begin(UNSAFE);
    bench.step.fail(Failures.broken());
    assertThat(failureOf(unsafe).kind()).isEqualTo(Kind.UNAVAILABLE);
    var safe = begin(SAFE);
    bench.step.fail(Failures.broken());
    assertThat(safe).isNotDone();
  }

  @Test
  void whatAnEarlierAttemptMayHaveDoneStaysPossibleHoweverTheLastOneFailed() {
    var result = begin(SAFE);
    bench.step.fail(Failures.broken());
    bench.time.advance(PAST_BACKOFF);
    bench.step.fail(Failures.unreachable());
    bench.time.advance(PAST_BACKOFF);
    assertThat(Failures.unreachable().effect()).isEqualTo(Effect.NONE);
    bench.step.fail(Failures.unreachable());
    assertThat(failureOf(result).effect()).isEqualTo(Effect.POSSIBLE);
  }

  @Test
  void whatNoAttemptCanHaveDoneCertainlyDidNotHappen() {
    var result = begin(SAFE);
    for (int i = 0; i < 3; i++) {
      bench.step.fail(Failures.unreachable());
      bench.time.advance(PAST_BACKOFF);
    }
    assertThat(failureOf(result).effect()).isEqualTo(Effect.NONE);
  }

  @Test
  void theFailureSaysHowManyAttemptsWereMade() {
    var result = begin(SAFE);
    for (int i = 0; i < 3; i++) {
      bench.step.fail(Failures.unreachable());
      bench.time.advance(PAST_BACKOFF);
    }
    CommsException failure = failureOf(result);
    assertThat(failure.attempts()).isEqualTo(3);
    assertThat(failure).hasMessageContaining("after 3 attempts");
    assertThat(failure.reason()).isEqualTo("no way");
    assertThat(counted("exhausted")).isEqualTo(1);
    assertThat(bench.step.asked).extracting(Exchange::attempt).containsExactly(1, 2, 3);
  }

  @Test
  void theContractSaysHowManyAttempts() {
    var result = begin(SAFE.attempts(2));
    bench.step.fail(Failures.unreachable());
    bench.time.advance(PAST_BACKOFF);
    bench.step.fail(Failures.unreachable());
    assertThat(failureOf(result).attempts()).isEqualTo(2);
  }

  @Test
  void thePauseThatTheOtherSideAskedForIsKept() {
    begin(SAFE);
    bench.step.fail(
        new CommsException.Overloaded(Failures.shed().facts().retryAfter(Duration.ofSeconds(5))));
    bench.time.advance(Duration.ofMillis(4_999));
    assertThat(bench.step.asked).hasSize(1);
    bench.time.advance(Duration.ofMillis(1));
    assertThat(bench.step.asked).hasSize(2);
  }

  @Test
  void aPauseThatPassesTheDeadlineEndsIt() {
    var result = begin(SAFE);
    bench.step.fail(
        new CommsException.Overloaded(Failures.shed().facts().retryAfter(Duration.ofSeconds(10))));
    assertThat(failureOf(result).kind()).isEqualTo(Kind.OVERLOADED);
    assertThat(counted("no_time")).isEqualTo(1);
  }

  @Test
  void theBudgetIsChargedWhenTheRetryIsDecidedNotWhenItIsSent() {
    RetryBudget budget = new RetryBudget(bench.time);
    Retries retries = retries(SAFE, budget);
    double before = budget.left();
    retries.apply(bench.call(SAFE), bench.step);
    bench.step.fail(Failures.unreachable());
    assertThat(bench.step.asked).as("still waiting").hasSize(1);
    assertThat(budget.left())
        .isCloseTo(before + 0.2 - 1, org.assertj.core.data.Offset.offset(1e-9));
  }

  @Test
  void withoutBudgetTheFailureStands() {
    RetryBudget budget = new RetryBudget(bench.time);
    while (budget.left() >= 1) {
      budget.tryRetry(false);
    }
    var result = retries(SAFE, budget).apply(bench.call(SAFE), bench.step);
    bench.step.fail(Failures.unreachable());
    assertThat(failureOf(result).kind()).isEqualTo(Kind.UNAVAILABLE);
    assertThat(counted("no_budget")).isEqualTo(1);
  }

  @Test
  void signsOfOverloadMayUseUpOnlyATenthOfTheCalls() {
    RetryBudget budget = new RetryBudget(bench.time);
    for (int i = 0; i < 10; i++) {
      budget.tryRetry(false);
    }
    Retries retries = retries(SAFE, budget);
    var shed = retries.apply(bench.call(SAFE), bench.step);
    bench.step.fail(Failures.shed());
    assertThat(failureOf(shed).kind()).isEqualTo(Kind.OVERLOADED);
    var neverSent = retries.apply(bench.call(SAFE), bench.step);
    bench.step.fail(Failures.unreachable());
    assertThat(neverSent).as("costs the other side nothing").isNotDone();
    assertThat(counted("no_budget")).isEqualTo(1);
  }

  @Test
  void whoIsARetryAlreadyDoesNotRetry() throws Exception {
    var result = inside(Map.of("comms-attempt", "2"), SAFE);
    bench.step.fail(Failures.unreachable());
    assertThat(failureOf(result).attempts()).isEqualTo(1);
    assertThat(bench.time.timers()).isZero();
    var first = inside(Map.of("comms-attempt", "1"), SAFE);
    bench.step.fail(Failures.unreachable());
    assertThat(first).isNotDone();
  }

  private CompletableFuture<? extends Reply> inside(Map<String, String> headers, Contract contract)
      throws Exception {
    Deadline deadline = Deadline.after(bench.time, Duration.ofSeconds(10));
    Context context = new Context("outer", "id", null, 1, deadline, headers);
    return context
        .wrap(
            (java.util.concurrent.Callable<CompletableFuture<? extends Reply>>)
                () -> begin(contract))
        .call();
  }

  @Test
  void onlyARetrySaysSoOnTheWire() {
    begin(SAFE);
    assertThat(bench.step.last().message().headers()).doesNotContainKey("comms-attempt");
    bench.step.fail(Failures.unreachable());
    bench.time.advance(PAST_BACKOFF);
    assertThat(bench.step.last().message().headers()).containsEntry("comms-attempt", "2");
  }

  @Test
  void everyAttemptCarriesTheSameMessage() {
    begin(SAFE);
    bench.step.fail(Failures.unreachable());
    bench.time.advance(PAST_BACKOFF);
    Envelope first = bench.step.asked.get(0).message();
    Envelope second = bench.step.asked.get(1).message();
    assertThat(second.id()).isEqualTo(first.id());
    assertThat(second.body()).as("not encoded again").isSameAs(first.body());
  }

  @Test
  void cancellingReachesTheAttemptUnderWay() {
    var result = begin(SAFE);
    bench.step.fail(Failures.unreachable());
    bench.time.advance(PAST_BACKOFF);
    result.cancel(true);
    assertThat(bench.step.reply()).isCancelled();
  }

  @Test
  void cancellingWhileItWaitsMakesNoFurtherAttempt() {
    var result = begin(SAFE);
    bench.step.fail(Failures.unreachable());
    result.cancel(true);
    assertThat(bench.time.timers()).as("nothing is left to wake up for").isZero();
    bench.time.advance(PAST_BACKOFF);
    assertThat(bench.step.asked).hasSize(1);
  }

  @Test
  void anAttemptThatOutlivedItsOwnLimitIsTheOtherSidesFaultTheWholeIsTheCallers() {
    begin(SAFE.eachAttemptWithin(Duration.ofSeconds(2)));
    List<CommsException> told = new ArrayList<>();
    bench.step.last().onEnd(told::add);
    bench.time.advance(Duration.ofSeconds(2));
    bench.step.fail(Failures.late(Fault.LOCAL));
    bench.time.advance(PAST_BACKOFF);
    bench.step.last().onEnd(told::add);
    bench.time.advance(Duration.ofSeconds(8));
    bench.step.fail(Failures.late(Fault.LOCAL));
    assertThat(told).extracting(CommsException::fault).containsExactly(Fault.REMOTE, Fault.CALLER);
    assertThat(bench.step.asked).as("no time was left for a third").hasSize(2);
  }

  @Test
  void eachAttemptHasAnEndOfItsOwn() {
    Exchange whole = bench.call(SAFE);
    List<String> told = new ArrayList<>();
    whole.onEnd(failure -> told.add("whole"));
    retries(SAFE).apply(whole, bench.step);
    bench.step.last().onEnd(failure -> told.add("attempt 1"));
    bench.step.fail(Failures.unreachable());
    assertThat(told).containsExactly("attempt 1");
  }

  @Test
  void aSubmitIsTriedThreeTimesIfItWasCertainlyNotStored() {
    Task<String> task = Task.named("test.task", new Text()).eachAttemptWithin(Duration.ofHours(1));
    Exchange submit = bench.exchange(Verb.SUBMIT, task, Duration.ofSeconds(10));
    var result = retries(task).apply(submit, bench.step);
    for (int i = 0; i < 3; i++) {
      assertThat(bench.step.last().deadline().remaining())
          .as("the task's own limit is not the submit's")
          .isLessThanOrEqualTo(Duration.ofSeconds(10));
      bench.step.fail(Failures.unreachable());
      bench.time.advance(PAST_BACKOFF);
    }
    assertThat(failureOf(result).attempts()).isEqualTo(3);
    assertThat(bench.step.last().message().headers()).doesNotContainKey("comms-attempt");
  }

  @Test
  void aFailureSaysHowLongEachAttemptTook() {
    var result = begin(SAFE);
    bench.time.advance(Duration.ofMillis(30));
    bench.step.fail(Failures.unreachable());
    bench.time.advance(PAST_BACKOFF);
    bench.time.advance(Duration.ofMillis(5));
    bench.step.fail(Failures.failed());
    CommsException failure = failureOf(result);
    assertThat(failure.attempts()).isEqualTo(2);
    assertThat(failure.attemptTimes()).hasSize(2).startsWith(Duration.ofMillis(30));
    assertThat(failure).hasMessageContaining("(after 2 attempts of 30 ms, ");
  }
}
