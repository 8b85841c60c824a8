package dev.comms.policy;

import dev.comms.contract.CommsException;
import dev.comms.contract.CommsException.Facts;
import dev.comms.contract.Effect;
import dev.comms.contract.Fault;
import dev.comms.spi.Reply;
import io.github.resilience4j.bulkhead.Bulkhead;
import io.github.resilience4j.bulkhead.BulkheadConfig;
import io.github.resilience4j.ratelimiter.RateLimiter;
import io.github.resilience4j.ratelimiter.RateLimiterConfig;
import io.micrometer.core.instrument.Counter;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;

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

  /** The permits of a destination, or of a server, for what is under way. */
  static Bulkhead inFlight(String target, int most) {
    return Bulkhead.of(
        target,
        BulkheadConfig.custom().maxConcurrentCalls(most).maxWaitDuration(Duration.ZERO).build());
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

  /** Takes a permit to be under way, and gives it back when the exchange has ended. */
  static Policy inFlight(Bulkhead permits, Mode mode, Fault fault, Counter refused) {
    int most = permits.getBulkheadConfig().getMaxConcurrentCalls();
    return (exchange, next) -> {
      if (permits.tryAcquirePermission()) {
        exchange.onEnd(failure -> permits.onComplete());
        return next.proceed(exchange);
      }
      refused.increment();
      return mode == Mode.OBSERVE
          ? next.proceed(exchange)
          : refuse(exchange, "already " + most + " under way at " + permits.getName(), fault);
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
