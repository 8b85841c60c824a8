package dev.comms;

import dev.comms.contract.CommsException;
import dev.comms.contract.CommsException.Facts;
import dev.comms.contract.Contract;
import dev.comms.contract.Deadline;
import dev.comms.contract.Effect;
import dev.comms.contract.Fault;
import dev.comms.contract.Time;
import dev.comms.policy.Exchange;
import dev.comms.policy.Policy;
import dev.comms.spi.Reply;
import io.micrometer.core.instrument.Counter;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
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

  /** How long an interrupted handler may take to end before its thread is given up. */
  static final Duration PATIENCE = Duration.ofSeconds(1);

  private final Crew crew;
  private final Engine engine;
  private final Counter refused;
  private final Counter abandoned;

  Threads(Crew crew, Engine engine, Contract contract) {
    this.crew = crew;
    this.engine = engine;
    this.refused =
        engine.meters.counter(
            "comms.refused", "contract", contract.name(), "reason", "no_thread", "mode", "enforce");
    this.abandoned = engine.meters.counter("comms.handlers.abandoned", "contract", contract.name());
  }

  @Override
  public CompletableFuture<? extends Reply> apply(Exchange exchange, Next next) {
    Hop hop = new Hop(exchange, next);
    crew.execute(hop);
    return hop;
  }

  private static Facts facts(Exchange exchange) {
    return Facts.of(exchange.contract().name());
  }

  /** One handling, from its place before a thread to its result. */
  private final class Hop extends CompletableFuture<Reply> implements Crew.Work {
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
      } catch (Throwable bug) {
        completeExceptionally(bug);
      } finally {
        leave();
      }
    }

    @Override
    public void refuse() {
      refused.increment();
      completeExceptionally(
          new CommsException.Overloaded(
              facts(exchange)
                  .effect(Effect.NONE)
                  .fault(Fault.OVERLOAD)
                  .retryAfter(Duration.ofMillis(100))
                  .message("refused: no thread and no place in the queue of its handlers")));
    }

    @Override
    public void drop() {
      cancel(true);
    }

    private void proceed() {
      Deadline deadline = exchange.deadline().within(exchange.contract().limit());
      // What is late by now is refused by the next step, so there is nothing to watch.
      Time.Cancellable limit =
          deadline.expired() ? () -> {} : engine.time.schedule(deadline.remaining(), this::atLimit);
      next.proceed(exchange.with(deadline))
          .whenComplete(
              (reply, failure) -> {
                limit.cancel();
                calm();
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

    /** What follows settles and logs on this thread: an interrupt was meant for the handler. */
    private synchronized void calm() {
      if (Thread.currentThread() == thread) {
        Thread.interrupted();
      }
    }

    private synchronized void leave() {
      thread = null;
      // An interrupt that came too late for this handler must not meet the next one.
      Thread.interrupted();
    }

    @Override
    public void interrupt() {
      if (!stop()) {
        drop();
      }
    }

    private synchronized boolean stop() {
      if (thread != null) {
        thread.interrupt();
      }
      return thread != null;
    }

    /** Where it runs now, or null if it has no thread. */
    private synchronized StackTraceElement @Nullable [] stack() {
      return thread == null ? null : thread.getStackTrace();
    }

    @Override
    public boolean cancel(boolean interrupt) {
      boolean first = completeExceptionally(gone("the caller has gone"));
      if (first) {
        stopOrAbandon();
      }
      return first;
    }

    private void stopOrAbandon() {
      if (stop()) {
        engine.time.schedule(PATIENCE, () -> engine.callbacks.execute(this::abandon));
      }
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
        stopOrAbandon();
      }
    }

    /** Its result is known and its interrupt was ignored: the consumer goes on without it. */
    private void abandon() {
      StackTraceElement[] where = stack();
      if (where == null) {
        return;
      }
      IllegalStateException here = new IllegalStateException("the handler is here");
      here.setStackTrace(where);
      abandoned.increment();
      LOG.warn(
          "{} {}: the handler ignores its interrupt and keeps its thread, which is replaced;"
              + " make it end when it is interrupted",
          exchange.contract(),
          exchange.message().id(),
          here);
      crew.abandon(this);
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
