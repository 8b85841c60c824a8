package dev.comms.policy;

import dev.comms.contract.Call;
import dev.comms.contract.CommsException;
import dev.comms.contract.CommsException.Kind;
import dev.comms.contract.Deadline;
import dev.comms.contract.Effect;
import dev.comms.contract.Fault;
import dev.comms.contract.Time;
import dev.comms.policy.Exchange.Verb;
import dev.comms.policy.Policy.Next;
import dev.comms.spi.Pipe;
import dev.comms.spi.Reply;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * The attempts of one message. It owns the clock of the whole: an attempt gets what is left, and a
 * wait that would pass the deadline is not begun. It knows what is under way, so that cancelling it
 * reaches the wire and leaves no timer behind.
 */
final class Run extends CompletableFuture<Reply> {
  final Retries how;
  final Exchange exchange;
  final Next next;
  final int limit;
  private volatile @Nullable CompletableFuture<? extends Reply> current;
  private volatile Time.@Nullable Cancellable wait;
  // What one attempt was told of overload holds for all that follow.
  private volatile boolean hedging;
  // One attempt at a time writes it; the next begins after it has ended.
  private volatile long began;
  // What an attempt may have done stays possible, however the next one failed.
  private volatile boolean acted;

  Run(Retries how, Exchange exchange, Next next, int limit) {
    this.how = how;
    this.exchange = exchange;
    this.next = next;
    this.limit = limit;
    this.hedging = how.silence != null;
  }

  @Override
  public boolean cancel(boolean interrupt) {
    boolean cancelled = super.cancel(interrupt);
    CompletableFuture<? extends Reply> attempt = current;
    if (cancelled && attempt != null) {
      attempt.cancel(interrupt);
    }
    Time.Cancellable waiting = wait;
    if (waiting != null) {
      waiting.cancel();
    }
    return cancelled;
  }

  boolean hedging() {
    return hedging;
  }

  /** From now on no hedge begins; false if that was so before. */
  boolean stopHedging() {
    boolean before = hedging;
    hedging = false;
    return before;
  }

  /** Begins this attempt, counted from 1; a hedged one may take the following numbers too. */
  void begin(int number) {
    begin(number, List.of());
  }

  private void begin(int number, List<Duration> before) {
    began = how.time.nanos();
    if (hedging && number < limit) {
      Race race = new Race(this, number);
      current = race;
      race.whenComplete((reply, failure) -> ended(race.started(), before, reply, failure));
      race.begin();
    } else {
      Exchange sent = attempt(number);
      CompletableFuture<? extends Reply> attempt = next.proceed(sent);
      current = attempt;
      attempt.whenComplete((reply, failure) -> ended(sent, before, reply, failure));
    }
    CompletableFuture<? extends Reply> begun = current;
    if (isCancelled() && begun != null) {
      begun.cancel(true);
    }
  }

  /** One attempt, with its own limit and its number on the wire. */
  Exchange attempt(int number) {
    Deadline deadline = exchange.deadline();
    if (exchange.contract() instanceof Call<?, ?> call) {
      deadline = deadline.within(call.eachAttemptWithin());
    }
    Exchange one = exchange.attempt(number, deadline);
    return number > 1 && exchange.verb() == Verb.CALL
        ? one.with(exchange.message().header(Exchange.ATTEMPT, Integer.toString(number)))
        : one;
  }

  /** Tells an attempt's observers how it failed, in our words. */
  CommsException end(Exchange sent, Throwable failure) {
    CommsException known = classify(CommsException.of(exchange.contract().name(), failure));
    sent.end(known);
    if (known.effect() == Effect.POSSIBLE) {
      acted();
    }
    return known;
  }

  /** An attempt, of which nothing more will be heard, may have reached the other side. */
  void acted() {
    acted = true;
  }

  /** Only here is it known whether an attempt's limit passed, or the whole. */
  private CommsException classify(CommsException failure) {
    if (failure.kind() != Kind.DEADLINE_EXCEEDED) {
      return failure;
    }
    Fault fault = exchange.deadline().expired() ? Fault.CALLER : Fault.REMOTE;
    return failure.with(failure.facts().fault(fault));
  }

  private void ended(
      Exchange sent, List<Duration> before, @Nullable Reply reply, @Nullable Throwable failure) {
    if (failure == null) {
      succeeded(sent, reply);
    } else {
      again(sent.attempt(), before, end(sent, failure));
    }
  }

  /** An opened stream ends its attempt itself, with its first message; here at its end. */
  private void succeeded(Exchange sent, @Nullable Reply reply) {
    if (reply instanceof Pipe pipe) {
      String name = exchange.contract().name();
      pipe.ended()
          .whenComplete(
              (done, broken) -> sent.end(broken == null ? null : CommsException.of(name, broken)));
      if (!complete(pipe)) {
        pipe.cancel(new CancellationException("cancelled while it was opened"));
      }
    } else {
      sent.end(null);
      complete(reply);
    }
  }

  private void ended(
      int started, List<Duration> before, @Nullable Reply reply, @Nullable Throwable failure) {
    if (failure == null) {
      complete(reply);
    } else {
      again(started, before, CommsException.of(exchange.contract().name(), failure));
    }
  }

  private void again(int attempt, List<Duration> before, CommsException known) {
    List<Duration> all = new ArrayList<>(before);
    all.add(Duration.ofNanos(how.time.nanos() - began));
    CommsException failure = known.with(known.facts().attempts(attempt).times(all));
    Duration wait = how.backoff.after(attempt, how.time);
    Duration asked = failure.retryAfter();
    wait = asked != null && asked.compareTo(wait) > 0 ? asked : wait;
    if (isDone() || !Action.retryable(failure, exchange.contract().idempotent())) {
      fail(failure);
    } else if (attempt >= limit) {
      how.counts.exhausted().increment();
      fail(failure);
    } else if (wait.compareTo(exchange.deadline().remaining()) >= 0) {
      how.counts.noTime().increment();
      fail(failure);
    } else if (!how.budget.tryRetry(Action.load(failure) == Action.Load.DROPPED)) {
      how.counts.noBudget().increment();
      fail(failure);
    } else {
      how.counts.sent().increment();
      after(wait, attempt + 1, all);
    }
  }

  private void fail(CommsException last) {
    boolean more = acted && last.effect() == Effect.NONE;
    completeExceptionally(more ? last.with(last.facts().effect(Effect.POSSIBLE)) : last);
  }

  private void after(Duration pause, int number, List<Duration> before) {
    Time.Cancellable set =
        how.time.schedule(pause, () -> how.callbacks.execute(() -> unlessDone(number, before)));
    wait = set;
    if (isDone()) {
      set.cancel();
    }
  }

  private void unlessDone(int number, List<Duration> before) {
    if (!isDone()) {
      begin(number, before);
    }
  }
}
