package dev.comms.policy;

import dev.comms.contract.Call;
import dev.comms.contract.CommsException;
import dev.comms.contract.CommsException.Facts;
import dev.comms.contract.Contract;
import dev.comms.contract.Effect;
import dev.comms.contract.Fault;
import dev.comms.contract.Time;
import dev.comms.spi.Reply;
import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import io.github.resilience4j.circuitbreaker.CircuitBreakerConfig;
import io.github.resilience4j.core.IntervalFunction;
import io.micrometer.core.instrument.Counter;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Stops asking a target that keeps failing. Resilience4j's breaker is the permission object; what
 * counts as a failure is in {@link Actions}.
 */
final class Breaker implements Policy {
  private final CircuitBreaker breaker;
  private final Settings settings;
  private final String name;
  private final Counter refused;

  /**
   * When it opens and how long.
   *
   * @param window over which failures are counted
   * @param minimumCalls below this many in the window it never opens
   * @param failureShare from which share of failures it opens, 0 to 1
   * @param open how long it stays open first; doubling to {@code longestOpen}
   */
  record Settings(
      Mode mode,
      Duration window,
      int minimumCalls,
      double failureShare,
      Duration open,
      Duration longestOpen) {
    static final Settings STANDARD =
        new Settings(
            Mode.ENFORCE,
            Duration.ofSeconds(10),
            20,
            0.5,
            Duration.ofSeconds(5),
            Duration.ofMinutes(1));

    Settings in(Mode other) {
      return new Settings(other, window, minimumCalls, failureShare, open, longestOpen);
    }
  }

  Breaker(String target, Contract contract, Settings settings, Time time, Counter refused) {
    this.settings = settings;
    this.name = contract.name();
    this.refused = refused;
    this.breaker =
        CircuitBreaker.of(
            target + "/" + name,
            CircuitBreakerConfig.custom()
                .slidingWindowType(CircuitBreakerConfig.SlidingWindowType.TIME_BASED)
                .slidingWindowSize((int) settings.window().toSeconds())
                .minimumNumberOfCalls(settings.minimumCalls())
                .failureRateThreshold((float) (settings.failureShare() * 100))
                .permittedNumberOfCallsInHalfOpenState(3)
                .waitIntervalFunctionInOpenState(
                    IntervalFunction.ofExponentialBackoff(
                        settings.open(), 2, settings.longestOpen()))
                .currentTimestampFunction(clock -> time.nanos(), TimeUnit.NANOSECONDS)
                .clock(new WallClock(time))
                .build());
  }

  @Override
  public CompletableFuture<? extends Reply> apply(Exchange exchange, Next next) {
    if (!breaker.tryAcquirePermission()) {
      refused.increment();
      if (settings.mode() == Mode.ENFORCE) {
        return CompletableFuture.failedFuture(
            new CommsException.CircuitOpen(
                Facts.of(name)
                    .effect(Effect.NONE)
                    .fault(Fault.LOCAL)
                    .message(
                        "not tried: at least "
                            + Math.round(settings.failureShare() * 100)
                            + " % of the last calls to "
                            + exchange.target()
                            + " failed; it is tried again within "
                            + settings.longestOpen().toSeconds()
                            + " s")));
      }
      return next.proceed(exchange);
    }
    long start = breaker.getCurrentTimestamp();
    boolean gotItsLimit = gotItsLimit(exchange);
    exchange.onEnd(failure -> ended(start, gotItsLimit, failure));
    return next.proceed(exchange);
  }

  /** Nine tenths will do: encoding and the steps before have cost a little. */
  private static boolean gotItsLimit(Exchange exchange) {
    return exchange.contract() instanceof Call<?, ?> call
        && exchange
                .deadline()
                .remaining()
                .compareTo(call.eachAttemptWithin().multipliedBy(9).dividedBy(10))
            >= 0;
  }

  // Every path ends in exactly one of the three, or half-open permits leak.
  private void ended(long start, boolean gotItsLimit, @Nullable CommsException failure) {
    long took = breaker.getCurrentTimestamp() - start;
    switch (failure == null ? Actions.Health.SUCCESS : Actions.health(failure, gotItsLimit)) {
      case SUCCESS -> breaker.onSuccess(took, breaker.getTimestampUnit());
      case FAILURE -> breaker.onError(took, breaker.getTimestampUnit(), failure);
      case IGNORE -> breaker.releasePermission();
    }
  }
}
