package dev.comms;

import dev.comms.contract.CommsException;
import dev.comms.contract.CommsException.Facts;
import dev.comms.contract.Deadline;
import dev.comms.contract.Effect;
import dev.comms.contract.Fault;
import dev.comms.contract.Time;
import dev.comms.policy.Exchange;
import dev.comms.policy.Policy;
import dev.comms.spi.Reply;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Moves on to a handler's thread. The handler's limit counts from the moment that a thread has
 * begun with it; when it passes, or the caller goes, the result is known at once and the thread is
 * interrupted.
 */
final class Threads implements Policy {
  private static final Logger LOG = LoggerFactory.getLogger(Threads.class);

  private final Executor executor;
  private final Engine engine;

  Threads(Executor executor, Engine engine) {
    this.executor = executor;
    this.engine = engine;
  }

  @Override
  public CompletableFuture<? extends Reply> apply(Exchange exchange, Next next) {
    Hop hop = new Hop(exchange, next);
    try {
      executor.execute(hop);
    } catch (RejectedExecutionException full) {
      return CompletableFuture.failedFuture(
          new CommsException.Overloaded(
              facts(exchange)
                  .effect(Effect.NONE)
                  .fault(Fault.OVERLOAD)
                  .retryAfter(Duration.ofMillis(100))
                  .message("refused: no thread and no place in the queue of its handlers")));
    }
    return hop;
  }

  private static Facts facts(Exchange exchange) {
    return Facts.of(exchange.contract().name());
  }

  /** Also a future to its pool, which cancels it if the pool ends before it has begun. */
  private final class Hop extends CompletableFuture<Reply> implements Runnable {
    private final Exchange exchange;
    private final Next next;
    // Guarded by this; null before a thread has begun and after it has left.
    private @Nullable Thread thread;

    Hop(Exchange exchange, Next next) {
      this.exchange = exchange;
      this.next = next;
    }

    @Override
    public void run() {
      if (!begin()) {
        return;
      }
      try {
        proceed();
      } finally {
        leave();
      }
    }

    private void proceed() {
      Deadline deadline = exchange.deadline().within(exchange.contract().limit());
      if (deadline.expired()) {
        completeExceptionally(late(Effect.NONE, "no time was left when a thread was free"));
        return;
      }
      Time.Cancellable limit = engine.time.schedule(deadline.remaining(), this::atLimit);
      next.proceed(exchange.with(deadline))
          .whenComplete(
              (reply, failure) -> {
                limit.cancel();
                finish(reply, failure);
              });
    }

    private void finish(@Nullable Reply reply, @Nullable Throwable failure) {
      if (failure == null) {
        complete(reply);
      } else if (CommsException.of("", failure).facts().cause() instanceof InterruptedException) {
        completeExceptionally(gone("the handler was interrupted"));
      } else {
        completeExceptionally(failure);
      }
    }

    private synchronized boolean begin() {
      thread = isDone() ? null : Thread.currentThread();
      return thread != null;
    }

    private synchronized void leave() {
      thread = null;
      // An interrupt that came too late for this handler must not meet the next one.
      Thread.interrupted();
    }

    private synchronized void interrupt() {
      if (thread != null) {
        thread.interrupt();
      }
    }

    @Override
    public boolean cancel(boolean interrupt) {
      boolean first = completeExceptionally(gone("the caller has gone"));
      interrupt();
      return first;
    }

    /** On the timer's thread: what follows settles, logs and runs observers elsewhere. */
    private void atLimit() {
      engine.callbacks.execute(this::giveUp);
    }

    private void giveUp() {
      String limit = "the handler was not done within " + exchange.contract().limit();
      if (completeExceptionally(late(Effect.POSSIBLE, limit))) {
        LOG.warn(
            "{} {}: {}, or within its caller's deadline, and is interrupted;"
                + " raise the limit or mend the handler",
            exchange.contract(),
            exchange.message().id(),
            limit);
      }
      interrupt();
    }

    private CommsException late(Effect effect, String why) {
      return new CommsException.DeadlineExceeded(
          facts(exchange).effect(effect).fault(Fault.REMOTE).message(why));
    }

    private CommsException gone(String why) {
      return new CommsException.Cancelled(
          facts(exchange).effect(Effect.POSSIBLE).fault(Fault.CALLER).message(why));
    }
  }
}
