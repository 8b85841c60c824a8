package dev.comms.policy;

import dev.comms.contract.Backoff;
import dev.comms.contract.Call;
import dev.comms.contract.CommsException;
import dev.comms.contract.CommsException.Facts;
import dev.comms.contract.Context;
import dev.comms.contract.Contract;
import dev.comms.contract.Deadline;
import dev.comms.contract.Fault;
import dev.comms.contract.Time;
import dev.comms.policy.Exchange.Verb;
import dev.comms.spi.Reply;
import io.micrometer.core.instrument.Counter;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * Attempts, until one succeeds or another would be unsafe, useless or late. It owns the clock of
 * the whole: an attempt gets what is left, and a wait that would pass the deadline is not begun.
 */
final class Retries implements Policy {
  private final Time time;
  private final Executor callbacks;
  private final Backoff backoff;
  private final int most;
  private final RetryBudget budget;
  private final Counts counts;

  /** The counters of one contract, resolved once. */
  record Counts(Counter sent, Counter exhausted, Counter noBudget, Counter noTime) {}

  Retries(
      Contract contract,
      Backoff backoff,
      RetryBudget budget,
      Time time,
      Executor callbacks,
      Counts counts) {
    this.time = time;
    this.callbacks = callbacks;
    this.backoff = backoff;
    this.budget = budget;
    this.counts = counts;
    this.most = contract instanceof Call<?, ?> call ? call.attempts() : 3;
  }

  @Override
  public CompletableFuture<? extends Reply> apply(Exchange exchange, Next next) {
    budget.called();
    Run run = new Run(exchange, next, alreadyRetry() ? 1 : most);
    run.attempt(1);
    return run;
  }

  private static boolean alreadyRetry() {
    Context context = Context.current();
    String attempt = context == null ? null : context.headers().get(Exchange.ATTEMPT);
    return attempt != null && !attempt.equals("1");
  }

  /** The result, which knows the attempt under way, so that cancelling reaches the wire. */
  private final class Run extends CompletableFuture<Reply> {
    private final Exchange exchange;
    private final Next next;
    private final int limit;
    private volatile @Nullable CompletableFuture<? extends Reply> current;

    Run(Exchange exchange, Next next, int limit) {
      this.exchange = exchange;
      this.next = next;
      this.limit = limit;
    }

    @Override
    public boolean cancel(boolean interrupt) {
      boolean cancelled = super.cancel(interrupt);
      CompletableFuture<? extends Reply> attempt = current;
      if (cancelled && attempt != null) {
        attempt.cancel(interrupt);
      }
      return cancelled;
    }

    void attempt(int number) {
      Deadline deadline = exchange.deadline();
      if (exchange.contract() instanceof Call<?, ?> call) {
        deadline = deadline.within(call.eachAttemptWithin());
      }
      Exchange one = exchange.attempt(number, deadline);
      if (number > 1 && exchange.verb() == Verb.CALL) {
        one = one.with(exchange.message().header(Exchange.ATTEMPT, Integer.toString(number)));
      }
      Exchange sent = one;
      CompletableFuture<? extends Reply> attempt = next.proceed(sent);
      current = attempt;
      if (isCancelled()) {
        attempt.cancel(true);
      }
      attempt.whenComplete((reply, failure) -> ended(sent, reply, failure));
    }

    private void ended(Exchange sent, @Nullable Reply reply, @Nullable Throwable failure) {
      if (failure == null) {
        sent.end(null);
        complete(reply);
        return;
      }
      CommsException known = classify(CommsException.of(exchange.contract().name(), failure));
      sent.end(known);
      again(sent.attempt(), known.with(known.facts().attempts(sent.attempt())));
    }

    private void again(int attempt, CommsException failure) {
      Duration wait = backoff.after(attempt);
      Duration asked = failure.retryAfter();
      wait = asked != null && asked.compareTo(wait) > 0 ? asked : wait;
      if (isDone() || !Actions.retryable(failure, exchange.contract().idempotent())) {
        completeExceptionally(failure);
      } else if (attempt >= limit) {
        counts.exhausted().increment();
        completeExceptionally(failure);
      } else if (wait.compareTo(exchange.deadline().remaining()) >= 0) {
        counts.noTime().increment();
        completeExceptionally(failure);
      } else if (!budget.tryRetry()) {
        counts.noBudget().increment();
        completeExceptionally(failure);
      } else {
        counts.sent().increment();
        time.schedule(wait, () -> callbacks.execute(() -> guarded(attempt + 1)));
      }
    }

    private void guarded(int number) {
      if (!isDone()) {
        attempt(number);
      }
    }

    /** Only here is it known whether an attempt's limit passed, or the whole. */
    private CommsException classify(CommsException failure) {
      if (failure.kind() != CommsException.Kind.DEADLINE_EXCEEDED) {
        return failure;
      }
      Facts facts = failure.facts();
      return failure.with(facts.fault(exchange.deadline().expired() ? Fault.CALLER : Fault.REMOTE));
    }
  }
}
