package dev.comms.policy;

import dev.comms.contract.Call;
import dev.comms.contract.CommsException;
import dev.comms.contract.CommsException.Facts;
import dev.comms.contract.Contract;
import dev.comms.contract.Deadline;
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
  /** More than any message has left: only a call's contract names the time of an attempt. */
  private static final Duration NEVER = Duration.ofSeconds(Long.MAX_VALUE);

  private final CircuitBreaker breaker;
  private final Settings settings;
  private final String name;
  private final Duration enough;
  private final Time time;
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

  Breaker(
      CircuitBreaker breaker, Contract contract, Settings settings, Time time, Counter refused) {
    this.settings = settings;
    this.name = contract.name();
    this.enough = enough(contract);
    this.time = time;
    this.refused = refused;
    this.breaker = breaker;
  }

  static CircuitBreaker circuit(String name, Settings settings, Time time) {
    return CircuitBreaker.of(
        name,
        CircuitBreakerConfig.custom()
            .slidingWindowType(CircuitBreakerConfig.SlidingWindowType.TIME_BASED)
            .slidingWindowSize((int) settings.window().toSeconds())
            .minimumNumberOfCalls(settings.minimumCalls())
            .failureRateThreshold((float) (settings.failureShare() * 100))
            .permittedNumberOfCallsInHalfOpenState(3)
            .waitIntervalFunctionInOpenState(
                IntervalFunction.ofExponentialBackoff(settings.open(), 2, settings.longestOpen()))
            .clock(new WallClock(time))
            .build());
  }

  @Override
  public CompletableFuture<? extends Reply> apply(Exchange exchange, Next next) {
    if (!breaker.tryAcquirePermission()) {
      refused.increment();
      boolean forced = breaker.getState() == CircuitBreaker.State.FORCED_OPEN;
      return forced || settings.mode() == Mode.ENFORCE
          ? CompletableFuture.failedFuture(refusal(forced, exchange.target()))
          : next.proceed(exchange);
    }
    long start = time.nanos();
    exchange.onEnd(failure -> ended(exchange.deadline(), start, failure));
    return next.proceed(exchange);
  }

  private CommsException refusal(boolean forced, String target) {
    String why =
        forced
            ? "not tried: an operator has forced the breaker to " + target + " open, by a setting"
            : "not tried: at least "
                + Math.round(settings.failureShare() * 100)
                + " % of the last calls to "
                + target
                + " failed; it is tried again within "
                + settings.longestOpen().toSeconds()
                + " s";
    return new CommsException.CircuitOpen(
        Facts.of(name).effect(Effect.NONE).fault(Fault.LOCAL).message(why));
  }

  /** Nine tenths of a limit will do: encoding and the steps before have cost a little. */
  private static Duration enough(Contract contract) {
    return contract instanceof Call<?, ?> call
        ? call.eachAttemptWithin().multipliedBy(9).dividedBy(10)
        : NEVER;
  }

  private Actions.Health health(CommsException failure, Deadline deadline, long took) {
    Duration had = deadline.remaining().plusNanos(took);
    return Actions.health(failure, had.compareTo(enough) >= 0);
  }

  // Every path ends in exactly one of the three, or half-open permits leak.
  private void ended(Deadline deadline, long start, @Nullable CommsException failure) {
    long took = time.nanos() - start;
    switch (failure == null ? Actions.Health.SUCCESS : health(failure, deadline, took)) {
      case SUCCESS -> breaker.onSuccess(took, TimeUnit.NANOSECONDS);
      case FAILURE -> breaker.onError(took, TimeUnit.NANOSECONDS, failure);
      case IGNORE -> breaker.releasePermission();
    }
  }
}
