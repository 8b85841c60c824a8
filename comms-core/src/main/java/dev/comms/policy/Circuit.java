package dev.comms.policy;

import dev.comms.contract.Time;
import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import io.github.resilience4j.circuitbreaker.CircuitBreakerConfig;
import io.github.resilience4j.core.IntervalFunction;
import java.time.Duration;

/** What a breaker has counted, and what an operator made of it; it outlives the pipelines. */
final class Circuit {
  final CircuitBreaker breaker;
  final Settings settings;
  private volatile Forced forced = Forced.NOT;

  /**
   * When it opens and how long.
   *
   * @param window over which failures are counted
   * @param minimumCalls below this many in the window it never opens
   * @param failureShare from which share of failures it opens, 0 to 1
   * @param open how long it stays open first; doubling to {@code longestOpen}
   */
  record Settings(
      Duration window, int minimumCalls, double failureShare, Duration open, Duration longestOpen) {
    static final Settings STANDARD =
        new Settings(Duration.ofSeconds(10), 20, 0.5, Duration.ofSeconds(5), Duration.ofMinutes(1));
  }

  Circuit(String name, Settings settings, Time time) {
    this.settings = settings;
    this.breaker =
        CircuitBreaker.of(
            name,
            CircuitBreakerConfig.custom()
                .slidingWindowType(CircuitBreakerConfig.SlidingWindowType.TIME_BASED)
                .slidingWindowSize((int) settings.window().toSeconds())
                .minimumNumberOfCalls(settings.minimumCalls())
                .failureRateThreshold((float) (settings.failureShare() * 100))
                .permittedNumberOfCallsInHalfOpenState(3)
                .waitIntervalFunctionInOpenState(
                    IntervalFunction.ofExponentialBackoff(
                        settings.open(), 2, settings.longestOpen()))
                .clock(new WallClock(time))
                .build());
  }

  Forced forced() {
    return forced;
  }

  void force(Forced how) {
    forced = how;
  }
}
