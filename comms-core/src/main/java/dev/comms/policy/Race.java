package dev.comms.policy;

import dev.comms.contract.CommsException;
import dev.comms.contract.Time;
import dev.comms.policy.Action.Health;
import dev.comms.spi.Reply;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * An attempt of a hedged call, and those that begin beside it when it stays silent (gRFC A6). The
 * first answer wins, a no included, and the others are cancelled on the wire. Other failures wait
 * for those that are still under way; the last one is the failure of the whole.
 */
final class Race extends CompletableFuture<Reply> {
  private final Run run;
  private final int first;
  private final Duration silence;
  private final Retries.Hedges counts;
  // All guarded by this; nothing is called under it.
  private final List<CompletableFuture<? extends Reply>> underWay = new ArrayList<>(2);
  private int started;
  private int open;
  private boolean over;
  private Time.@Nullable Cancellable timer;

  Race(Run run, int first) {
    this.run = run;
    this.first = first;
    this.started = first - 1;
    this.silence = Objects.requireNonNull(run.how.silence, "silence");
    this.counts = Objects.requireNonNull(run.how.counts.hedges(), "counts");
  }

  void begin() {
    begin(next());
  }

  /** The number of the latest attempt. */
  synchronized int started() {
    return started;
  }

  /** Takes the next number, or 0 if the race is over. */
  private synchronized int next() {
    if (over) {
      return 0;
    }
    open++;
    return ++started;
  }

  private synchronized int open() {
    return open;
  }

  private synchronized boolean over() {
    return over;
  }

  private void begin(int number) {
    Exchange sent = run.attempt(number);
    CompletableFuture<? extends Reply> attempt = run.next.proceed(sent);
    synchronized (this) {
      underWay.add(attempt);
    }
    attempt.whenComplete((reply, failure) -> ended(sent, reply, failure));
    if (over()) {
      attempt.cancel(true);
    } else if (number < run.limit && run.hedging()) {
      arm();
    }
  }

  /** A hedge that could only begin after the deadline is not even waited for. */
  private void arm() {
    if (silence.compareTo(run.exchange.deadline().remaining()) >= 0) {
      return;
    }
    Time.Cancellable set =
        run.how.time.schedule(silence, () -> run.how.callbacks.execute(this::hedge));
    synchronized (this) {
      timer = set;
    }
    if (over() || !run.hedging()) {
      set.cancel();
    }
  }

  private void hedge() {
    if (over() || !run.hedging()) {
      return;
    }
    // Silence is what overload looks like at first, so that hedges never use up all that is left.
    if (!run.how.budget.tryRetry(true)) {
      counts.noBudget().increment();
      return;
    }
    int number = next();
    if (number > 0) {
      counts.sent().increment();
      begin(number);
    }
  }

  private void ended(Exchange sent, @Nullable Reply reply, @Nullable Throwable failure) {
    if (failure == null) {
      sent.end(null);
      if (won()) {
        if (sent.attempt() > first) {
          counts.won().increment();
        }
        // Before the caller goes on, which may take its time.
        leave();
        complete(reply);
      }
      return;
    }
    CommsException known = run.end(sent, failure);
    if (tellsOfOverload(known) && run.stopHedging()) {
      counts.stopped().increment();
      disarm();
    }
    if (lost(Action.health(known, false) == Health.SUCCESS)) {
      if (open() > 0) {
        run.acted();
      }
      leave();
      completeExceptionally(known);
    }
  }

  private static boolean tellsOfOverload(CommsException failure) {
    return failure.retryAfter() != null || Action.of(failure) == Action.SHED;
  }

  private synchronized boolean won() {
    boolean first = !over;
    over = true;
    return first;
  }

  /** Whether this failure ends the race: it is an answer, or nobody else is under way. */
  private synchronized boolean lost(boolean answered) {
    open--;
    boolean ends = !over && (answered || open == 0);
    over = over || ends;
    return ends;
  }

  @Override
  public boolean cancel(boolean interrupt) {
    boolean cancelled = super.cancel(interrupt);
    leave();
    return cancelled;
  }

  /** Leaves nothing behind: no timer, and nothing on the wire. */
  private void leave() {
    List<CompletableFuture<? extends Reply>> others;
    synchronized (this) {
      over = true;
      others = List.copyOf(underWay);
    }
    disarm();
    others.forEach(other -> other.cancel(true));
  }

  private void disarm() {
    Time.Cancellable set;
    synchronized (this) {
      set = timer;
    }
    if (set != null) {
      set.cancel();
    }
  }
}
