package dev.comms.policy;

import dev.comms.contract.CommsException;
import dev.comms.contract.CommsException.Facts;
import dev.comms.contract.Effect;
import dev.comms.contract.Fault;
import dev.comms.spi.Reply;
import io.github.resilience4j.ratelimiter.RateLimiter;
import io.github.resilience4j.ratelimiter.RateLimiterConfig;
import io.micrometer.core.instrument.Counter;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Semaphore;

/** Bounds on what is begun per second and on what is under way; both refuse at once. */
final class Limits {
  private Limits() {}

  /** The permits of a destination for what is begun per second. */
  static RateLimiter perSecond(String target, int most) {
    return RateLimiter.of(
        target,
        RateLimiterConfig.custom()
            .limitForPeriod(most)
            .limitRefreshPeriod(Duration.ofSeconds(1))
            .timeoutDuration(Duration.ZERO)
            .build());
  }

  /** Takes a permit to begin. */
  static Policy rate(RateLimiter permits, Mode mode, Counter refused) {
    int most = permits.getRateLimiterConfig().getLimitForPeriod();
    return (exchange, next) -> {
      if (permits.acquirePermission()) {
        return next.proceed(exchange);
      }
      refused.increment();
      return mode == Mode.OBSERVE
          ? next.proceed(exchange)
          : refuse(
              exchange, "more than " + most + " per second at " + permits.getName(), Fault.LOCAL);
    };
  }

  /**
   * The permits of a destination, or of a server, for what is under way.
   *
   * @param where the name for messages
   */
  record Places(String where, int most, Semaphore free) {
    Places(String where, int most) {
      this(where, most, new Semaphore(most));
    }
  }

  /**
   * Takes a permit to be under way, and gives it back when the exchange has ended. A plain
   * semaphore: Resilience4j's bulkhead refuses whoever comes on an interrupted thread.
   */
  static Policy inFlight(Places places, Mode mode, Fault fault, Counter refused) {
    return (exchange, next) -> {
      if (places.free().tryAcquire()) {
        exchange.onEnd(failure -> places.free().release());
        return next.proceed(exchange);
      }
      refused.increment();
      String why = "already " + places.most() + " under way at " + places.where();
      return mode == Mode.OBSERVE ? next.proceed(exchange) : refuse(exchange, why, fault);
    };
  }

  private static CompletableFuture<Reply> refuse(Exchange exchange, String why, Fault fault) {
    return CompletableFuture.failedFuture(
        new CommsException.Overloaded(
            Facts.of(exchange.contract().name())
                .effect(Effect.NONE)
                .fault(fault)
                .retryAfter(Duration.ofMillis(100))
                .message("refused: " + why + "; slow down, or raise the limit in Policies")));
  }
}
