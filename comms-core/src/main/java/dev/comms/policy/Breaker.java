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
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Stops asking a target that keeps failing. Resilience4j's breaker is the permission object; what
 * counts as a failure is in {@link Action}.
 */
final class Breaker implements Policy {
  /** More than any message has left: only a call's contract names the time of an attempt. */
  private static final Duration NEVER = Duration.ofSeconds(Long.MAX_VALUE);

  private final Circuit circuit;
  private final CircuitBreaker breaker;
  private final Switches switches;
  private final String name;
  private final Duration enough;
  private final Time time;
  private final Refused refused;

  Breaker(Circuit circuit, Switches switches, Contract contract, Time time, Refused refused) {
    this.circuit = circuit;
    this.breaker = circuit.breaker;
    this.switches = switches;
    this.name = contract.name();
    this.enough = enough(contract);
    this.time = time;
    this.refused = refused;
  }

  @Override
  public CompletableFuture<? extends Reply> apply(Exchange exchange, Next next) {
    Forced forced = circuit.forced();
    if (forced != Forced.NOT) {
      return forced == Forced.DISABLED ? next.proceed(exchange) : forcedOpen(exchange);
    }
    if (!breaker.tryAcquirePermission()) {
      Mode mode = switches.breaker();
      refused.in(mode).increment();
      return mode == Mode.ENFORCE ? open(exchange) : next.proceed(exchange);
    }
    long start = time.nanos();
    exchange.onEnd(failure -> ended(exchange.deadline(), start, failure));
    return next.proceed(exchange);
  }

  private CompletableFuture<Reply> forcedOpen(Exchange exchange) {
    refused.in(Mode.ENFORCE).increment();
    return refuse(
        "an operator has forced the breaker to " + exchange.target() + " open, by a setting");
  }

  private CompletableFuture<Reply> open(Exchange exchange) {
    Circuit.Settings settings = circuit.settings;
    return refuse(
        "at least "
            + Math.round(settings.failureShare() * 100)
            + " % of the last calls to "
            + exchange.target()
            + " failed; it is tried again within "
            + settings.longestOpen().toSeconds()
            + " s");
  }

  private CompletableFuture<Reply> refuse(String why) {
    return CompletableFuture.failedFuture(
        new CommsException.CircuitOpen(
            Facts.of(name).effect(Effect.NONE).fault(Fault.LOCAL).message("not tried: " + why)));
  }

  /** Nine tenths of a limit will do: encoding and the steps before have cost a little. */
  private static Duration enough(Contract contract) {
    return contract instanceof Call<?, ?> call
        ? call.eachAttemptWithin().multipliedBy(9).dividedBy(10)
        : NEVER;
  }

  private Action.Health health(CommsException failure, Deadline deadline, long took) {
    Duration had = deadline.remaining().plusNanos(took);
    return Action.health(failure, had.compareTo(enough) >= 0);
  }

  // Every path ends in exactly one of the three, or half-open permits leak.
  private void ended(Deadline deadline, long start, @Nullable CommsException failure) {
    long took = time.nanos() - start;
    switch (failure == null ? Action.Health.SUCCESS : health(failure, deadline, took)) {
      case SUCCESS -> breaker.onSuccess(took, TimeUnit.NANOSECONDS);
      case FAILURE, FAILURE_AT_FULL_LIMIT -> breaker.onError(took, TimeUnit.NANOSECONDS, failure);
      case IGNORE -> breaker.releasePermission();
    }
  }
}
