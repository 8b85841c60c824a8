package dev.comms.policy;

import static dev.comms.contract.Effect.POSSIBLE;
import static dev.comms.policy.Bench.SAFE;
import static dev.comms.policy.Bench.failureOf;
import static org.assertj.core.api.Assertions.assertThat;

import dev.comms.contract.Backoff;
import dev.comms.contract.Call;
import dev.comms.contract.Code;
import dev.comms.contract.CommsException;
import dev.comms.contract.CommsException.Kind;
import dev.comms.contract.Context;
import dev.comms.contract.Deadline;
import dev.comms.contract.Fault;
import dev.comms.fake.Failures;
import dev.comms.policy.Exchange.Verb;
import dev.comms.spi.Envelope;
import dev.comms.spi.Reply;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class HedgingTest {
  private static final Duration SILENCE = Duration.ofMillis(500);
  private static final Call<String, String> HEDGED = SAFE.hedgedAfter(SILENCE);

  private final Bench bench = new Bench();
  private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
  private final RetryBudget budget = new RetryBudget(bench.time);
  private final List<CompletableFuture<? extends Reply>> begun = new ArrayList<>();

  private CompletableFuture<? extends Reply> begin(Call<String, String> call) {
    return begin(call, bench.call(call));
  }

  private CompletableFuture<? extends Reply> begin(Call<String, String> call, Exchange exchange) {
    Meters counted = new Meters(meters, Verb.CALL, "fake", call, "there");
    Backoff backoff = new Backoff(Duration.ofSeconds(1), Duration.ofSeconds(1));
    Retries retries =
        new Retries(call, backoff, budget, bench.time, Runnable::run, counted.retries(true));
    CompletableFuture<? extends Reply> result = retries.apply(exchange, bench.step);
    begun.add(result);
    return result;
  }

  private double hedges(String outcome) {
    return meters.get("comms.hedges").tag("outcome", outcome).counter().count();
  }

  private void silence() {
    bench.time.advance(SILENCE);
  }

  private void answer(int attempt) {
    bench.step.replies.get(attempt - 1).complete(Envelope.EMPTY);
  }

  private void fail(int attempt, CommsException failure) {
    bench.step.replies.get(attempt - 1).completeExceptionally(failure);
  }

  @AfterEach
  void nothingIsLeftBehind() {
    begun.forEach(result -> result.cancel(true));
    assertThat(bench.time.timers()).as("timers").isZero();
    assertThat(bench.step.replies).as("attempts").allMatch(CompletableFuture::isDone);
  }

  @Test
  void whatIsAnsweredInTimeIsNotHedged() {
    var result = begin(HEDGED);
    bench.time.advance(SILENCE.minusNanos(1));
    answer(1);
    assertThat(result.join()).isSameAs(Envelope.EMPTY);
    assertThat(bench.time.timers()).as("the silence is not waited for any more").isZero();
    silence();
    assertThat(bench.step.asked).hasSize(1);
    assertThat(hedges("sent")).isZero();
  }

  @Test
  void afterTheSilenceASecondBeginsBesideTheFirstAndWins() {
    var result = begin(HEDGED);
    silence();
    assertThat(bench.step.asked).hasSize(2);
    assertThat(bench.step.replies.get(0)).as("the first goes on").isNotDone();
    answer(2);
    assertThat(result.join()).isSameAs(Envelope.EMPTY);
    assertThat(bench.step.replies.get(0)).as("cancelled on the wire").isCancelled();
    assertThat(hedges("sent")).isEqualTo(1);
    assertThat(hedges("won")).isEqualTo(1);
  }

  @Test
  void theFirstMayStillWinAndTheHedgeIsCancelled() {
    var result = begin(HEDGED);
    silence();
    answer(1);
    assertThat(result.join()).isSameAs(Envelope.EMPTY);
    assertThat(bench.step.replies.get(1)).isCancelled();
    assertThat(hedges("won")).isZero();
  }

  @Test
  void theLoserIsToldThatItWasCancelledAndTheWinnerThatItWasWell() {
    begin(HEDGED);
    List<String> told = new ArrayList<>();
    bench.step.asked.get(0).onEnd(failure -> told.add("first " + kind(failure)));
    silence();
    bench.step.asked.get(1).onEnd(failure -> told.add("second " + kind(failure)));
    answer(2);
    assertThat(told).containsExactly("second none", "first CANCELLED");
  }

  private static String kind(@Nullable CommsException failure) {
    return failure == null ? "none" : failure.kind().name();
  }

  @Test
  void thereAreNeverMoreThanItsAttempts() {
    begin(HEDGED.attempts(3));
    for (int i = 0; i < 10; i++) {
      silence();
    }
    assertThat(bench.step.asked).extracting(Exchange::attempt).containsExactly(1, 2, 3);
    assertThat(bench.time.timers()).isZero();
  }

  @Test
  void itsNumberTravels() {
    begin(HEDGED);
    silence();
    assertThat(bench.step.asked.get(0).message().headers()).doesNotContainKey("comms-attempt");
    assertThat(bench.step.asked.get(1).message().headers()).containsEntry("comms-attempt", "2");
    assertThat(bench.step.asked.get(1).message().id())
        .isEqualTo(bench.step.asked.get(0).message().id());
  }

  @Test
  void itGetsWhatIsLeftOfTheWhole() {
    begin(HEDGED.eachAttemptWithin(Duration.ofMillis(9_900)));
    silence();
    assertThat(bench.step.last().deadline().remaining()).isEqualTo(Duration.ofMillis(9_500));
  }

  @Test
  void whatCouldOnlyBeginAfterTheDeadlineIsNotWaitedFor() {
    begin(HEDGED, bench.exchange(Verb.CALL, HEDGED, SILENCE));
    assertThat(bench.time.timers()).isZero();
  }

  @Test
  void itIsChargedToTheBudgetAndWithoutBudgetItIsNotSent() {
    double before = budget.left();
    var result = begin(HEDGED);
    silence();
    assertThat(budget.left())
        .isCloseTo(before + 0.2 - 1, org.assertj.core.data.Offset.offset(1e-9));
    answer(2);
    assertThat(result).isCompleted();
    int left = 0;
    while (budget.tryRetry(true)) {
      left++;
    }
    assertThat(left).as("a hedge and nine more").isEqualTo(9);
    begin(HEDGED);
    silence();
    assertThat(bench.step.asked).hasSize(3);
    assertThat(hedges("no_budget")).isEqualTo(1);
  }

  @Test
  void anAnsweredNoIsAnAnswer() {
    var result = begin(HEDGED);
    silence();
    fail(1, new CommsException.Rejected(Code.NOT_FOUND, "no such thing"));
    assertThat(failureOf(result).kind()).isEqualTo(Kind.REJECTED);
    assertThat(bench.step.replies.get(1)).isCancelled();
    assertThat(failureOf(result).attempts()).isEqualTo(2);
    assertThat(failureOf(result).effect()).as("of the one that was cancelled").isEqualTo(POSSIBLE);
  }

  @Test
  void whatOneOfThemMayHaveDoneStaysPossibleThoughTheLastWasNeverSent() {
    var result = begin(HEDGED.attempts(2));
    silence();
    fail(1, Failures.broken());
    fail(2, Failures.unreachable());
    assertThat(failureOf(result).effect()).isEqualTo(POSSIBLE);
  }

  @Test
  void aFailureWaitsForTheOneThatIsStillUnderWay() {
    var result = begin(HEDGED);
    silence();
    fail(2, Failures.failed());
    assertThat(result).isNotDone();
    answer(1);
    assertThat(result.join()).isSameAs(Envelope.EMPTY);
  }

  @Test
  void aHedgeThatIsRefusedHereDoesNotEndTheFirst() {
    var result = begin(HEDGED);
    silence();
    fail(2, new CommsException.CircuitOpen(Failures.facts().fault(Fault.LOCAL)));
    assertThat(result).isNotDone();
    answer(1);
    assertThat(result.join()).isSameAs(Envelope.EMPTY);
  }

  @Test
  void anOverloadedPeerStopsFurtherHedges() {
    var result = begin(HEDGED);
    silence();
    fail(2, Failures.shed());
    silence();
    silence();
    assertThat(bench.step.asked).hasSize(2);
    assertThat(hedges("stopped")).isEqualTo(1);
    answer(1);
    assertThat(result.join()).isSameAs(Envelope.EMPTY);
  }

  @Test
  void aPushbackStopsFurtherHedgesAlsoOfTheNextAttempt() {
    begin(HEDGED);
    CommsException pushback =
        new CommsException.Unavailable(
            Failures.unreachable().facts().retryAfter(Duration.ofSeconds(2)));
    fail(1, pushback);
    bench.time.advance(Duration.ofSeconds(2));
    assertThat(bench.step.asked).as("the retry after the pause").hasSize(2);
    silence();
    silence();
    assertThat(bench.step.asked).hasSize(2);
    assertThat(bench.step.last().attempt()).isEqualTo(2);
  }

  @Test
  void whenAllHaveFailedItIsRetriedAfterTheBackoffAndTheNumbersGoOn() {
    var result = begin(HEDGED.attempts(4));
    silence();
    fail(1, Failures.unreachable());
    fail(2, Failures.unreachable());
    bench.time.advance(Duration.ofMillis(1_200));
    assertThat(bench.step.last().attempt()).isEqualTo(3);
    silence();
    assertThat(bench.step.last().attempt()).isEqualTo(4);
    fail(3, Failures.unreachable());
    fail(4, Failures.broken());
    CommsException failure = failureOf(result);
    assertThat(failure.attempts()).isEqualTo(4);
    assertThat(failure.reason()).as("the last one's").isEqualTo("way broke");
  }

  @Test
  void anAttemptThatFailedAtOnceIsNotHedged() {
    begin(HEDGED);
    fail(1, Failures.unreachable());
    silence();
    assertThat(bench.step.asked).as("between two attempts there is nothing to race").hasSize(1);
  }

  @Test
  void cancellingTheWholeCancelsAllThatIsUnderWay() {
    var result = begin(HEDGED);
    silence();
    result.cancel(true);
    assertThat(bench.step.replies).allMatch(CompletableFuture::isCancelled);
    silence();
    assertThat(bench.step.asked).hasSize(2);
  }

  @Test
  void whoIsARetryAlreadyDoesNotHedge() throws Exception {
    Deadline deadline = Deadline.after(bench.time, Duration.ofSeconds(10));
    Context outer = new Context("outer", "id", null, 2, deadline, Map.of(Exchange.ATTEMPT, "2"));
    Callable<CompletableFuture<? extends Reply>> call = () -> begin(HEDGED);
    outer.wrap(call).call();
    silence();
    assertThat(bench.step.asked).hasSize(1);
  }

  @Test
  void itBeginsOnACallbackThreadAndAnEndInBetweenBeginsNothing() {
    List<Runnable> later = new ArrayList<>();
    Meters counted = new Meters(meters, Verb.CALL, "fake", HEDGED, "there");
    Backoff backoff = new Backoff(Duration.ofSeconds(1), Duration.ofSeconds(1));
    Retries retries =
        new Retries(HEDGED, backoff, budget, bench.time, later::add, counted.retries(true));
    retries.apply(bench.call(HEDGED), bench.step);
    silence();
    assertThat(bench.step.asked).hasSize(1);
    answer(1);
    later.forEach(Runnable::run);
    assertThat(bench.step.asked).hasSize(1);
    assertThat(hedges("sent")).isZero();
  }
}
