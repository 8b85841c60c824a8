package dev.comms;

import dev.comms.contract.CommsException;
import dev.comms.policy.Exchange;
import dev.comms.policy.Policies;
import dev.comms.policy.Policy;
import dev.comms.policy.Policy.Next;
import dev.comms.policy.Steps;
import dev.comms.spi.Pipe;
import dev.comms.spi.Reply;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** The two orders in which policies apply; they are here and nowhere else. */
final class Pipeline {
  private Pipeline() {}

  /** From the encoded message to the transport. */
  static Next sending(Steps steps, Policies policies, Next transport) {
    return chain(sending(steps, policies), transport);
  }

  static List<Policy> sending(Steps steps, Policies policies) {
    List<Policy> order = new ArrayList<>();
    // Outermost, so that what the caller experienced is measured, refusals and retries included.
    order.add(steps.telemetry());
    // Before anything costs: what is late is not begun.
    order.add(steps.notLate());
    // The user's view of one message: once, however many attempts follow.
    order.addAll(policies.aroundMessage());
    // Before the bulkhead: what is refused by rate must not hold a place.
    order.addAll(steps.rateLimit());
    // Outside the retries: a message holds one place while it waits for its next attempt.
    order.add(steps.bulkhead());
    // Outside the breaker: each attempt is to ask it anew, and its refusal is not retried.
    order.add(steps.retries());
    // Outside the user's attempt policies: what they do to an attempt counts as the target's doing.
    order.add(steps.breaker());
    // The user's view of one attempt.
    order.addAll(policies.aroundAttempt());
    // Innermost, so that its span is what the other side continues.
    order.add(steps.attemptTelemetry());
    return order;
  }

  /**
   * From a message that arrived to its handler, which {@link #chain} then sets at the end.
   *
   * @param shed refuses what is too much; a broker's deliveries are bounded by their slots instead
   * @param threads moves on to a handler's thread
   */
  static List<Policy> receiving(
      Steps steps, Policies policies, Optional<Policy> shed, Policy threads) {
    List<Policy> order = new ArrayList<>();
    // Outermost, so that what is dropped or shed is seen too.
    order.add(steps.telemetry());
    // Before it takes a place: work that nobody waits for must not push out work that is wanted.
    order.add(steps.notLate());
    // The same for what its sender let expire.
    order.add(steps.notExpired());
    // Before a thread: a refusal must stay cheap when there is too much to do.
    shed.ifPresent(order::add);
    // Users' code begins here: on a handler's thread, within the handler's limit.
    order.add(threads);
    // Again: it may have waited for its thread longer than its caller waits.
    order.add(steps.stillWanted());
    // The user's view of one handling, before the cost of decoding.
    order.addAll(policies.aroundHandling());
    return order;
  }

  /** The steps in this order, and then the last. */
  static Next chain(List<Policy> order, Next last) {
    Next next = guarded(last);
    for (int i = order.size() - 1; i >= 0; i--) {
      Policy policy = order.get(i);
      Next inner = next;
      next = guarded(exchange -> policy.apply(exchange, inner));
    }
    return next;
  }

  /** A step that throws fails like one that returned a failure. */
  private static Next guarded(Next step) {
    return exchange -> {
      try {
        return Objects.requireNonNull(step.proceed(exchange), "a policy returned no future");
      } catch (Throwable thrown) {
        // An Error as well: places are given back, and deliveries settled, only by an end.
        return CompletableFuture.failedFuture(
            CommsException.of(exchange.contract().name(), thrown));
      }
    };
  }

  /** What the caller gets of the reply: null where there is only the end to hear of. */
  @FunctionalInterface
  interface Outcome<T> {
    @Nullable T of(Reply reply);
  }

  /** Sends an exchange on its way; its observers are told of its end before the result is. */
  static <T> CompletableFuture<T> run(Next pipeline, Exchange exchange, Outcome<T> result) {
    Result<T> promise = new Result<>();
    CompletableFuture<? extends Reply> under = pipeline.proceed(exchange);
    promise.under = under;
    under.whenComplete((reply, failure) -> promise.finish(exchange, reply, failure, result));
    return promise;
  }

  /** A stream has ended when its pipe has; all else when its reply is there. */
  private static void end(
      Exchange exchange, @Nullable Reply reply, @Nullable CommsException failure) {
    if (reply instanceof Pipe pipe) {
      String name = exchange.contract().name();
      pipe.ended()
          .whenComplete(
              (ended, broken) ->
                  exchange.end(broken == null ? null : CommsException.of(name, broken)));
    } else {
      exchange.end(failure);
    }
  }

  /** What the caller holds: cancelling it reaches what is under way. */
  private static final class Result<T> extends CompletableFuture<T> {
    private volatile @Nullable CompletableFuture<? extends Reply> under;

    @Override
    public boolean cancel(boolean interrupt) {
      boolean cancelled = super.cancel(interrupt);
      CompletableFuture<? extends Reply> running = under;
      if (cancelled && running != null) {
        running.cancel(interrupt);
      }
      return cancelled;
    }

    /** What cannot be made of the reply is a failure of the whole, so it is measured as one. */
    void finish(
        Exchange exchange, @Nullable Reply reply, @Nullable Throwable failure, Outcome<T> result) {
      T value = null;
      Throwable thrown = failure;
      if (thrown == null) {
        try {
          value = result.of(Objects.requireNonNull(reply, "a policy made no reply"));
        } catch (RuntimeException unusable) {
          thrown = unusable;
        }
      }
      if (thrown == null) {
        end(exchange, reply, null);
        if (!complete(value) && reply instanceof Pipe pipe) {
          pipe.cancel(new CancellationException("cancelled while it was opened"));
        }
      } else {
        CommsException known = CommsException.of(exchange.contract().name(), thrown);
        exchange.end(known);
        completeExceptionally(known);
      }
    }
  }
}
