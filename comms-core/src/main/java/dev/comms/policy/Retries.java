package dev.comms.policy;

import dev.comms.contract.Backoff;
import dev.comms.contract.Call;
import dev.comms.contract.Context;
import dev.comms.contract.Contract;
import dev.comms.contract.Time;
import dev.comms.spi.Reply;
import io.micrometer.core.instrument.Counter;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * Attempts, until one succeeds or another would be unsafe, useless or late; for a hedged call a
 * second one also beside a silent first. What is the same for all messages of a contract is here;
 * {@link Run} is one message.
 */
final class Retries implements Policy {
  final Backoff backoff;
  final RetryBudget budget;
  final Time time;
  final Executor callbacks;
  final Counts counts;

  /** After which silence another attempt begins beside the first, or null for never. */
  final @Nullable Duration silence;

  private final int most;

  /** The counters of one contract, resolved once; hedges are null where there are none. */
  record Counts(
      Counter sent, Counter exhausted, Counter noBudget, Counter noTime, @Nullable Hedges hedges) {}

  /** What became of hedges: begun, answered first, not begun for lack of budget, or called off. */
  record Hedges(Counter sent, Counter won, Counter noBudget, Counter stopped) {}

  Retries(
      Contract contract,
      Backoff backoff,
      RetryBudget budget,
      Time time,
      Executor callbacks,
      Counts counts) {
    this.backoff = backoff;
    this.budget = budget;
    this.time = time;
    this.callbacks = callbacks;
    this.counts = counts;
    Call<?, ?> call = contract instanceof Call<?, ?> one ? one : null;
    this.most = call == null ? 3 : call.attempts();
    this.silence = call == null ? null : call.hedgedAfter();
  }

  @Override
  public CompletableFuture<? extends Reply> apply(Exchange exchange, Next next) {
    budget.called();
    String told = attemptOfCaller();
    int limit = told != null || keepsOrder(exchange) ? 1 : most;
    Run run = new Run(this, told == null ? exchange : told(exchange, told), next, limit);
    run.begin(1);
    return run;
  }

  /**
   * What is tried again later is behind its followers: an event with a key is left to its sender.
   */
  private static boolean keepsOrder(Exchange exchange) {
    return exchange.verb() == Exchange.Verb.PUBLISH && exchange.message().key() != null;
  }

  /** Told on, so that nobody further down tries again either. */
  private static Exchange told(Exchange exchange, String attempt) {
    return exchange.verb() == Exchange.Verb.CALL
        ? exchange.with(exchange.message().header(Exchange.ATTEMPT, attempt))
        : exchange;
  }

  /** Null if the work during which this happens is not itself a retry. */
  private static @Nullable String attemptOfCaller() {
    Context context = Context.current();
    String attempt = context == null ? null : context.headers().get(Exchange.ATTEMPT);
    return attempt == null || attempt.equals("1") ? null : attempt;
  }
}
