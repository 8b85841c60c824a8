package dev.comms.policy;

import dev.comms.contract.CommsException;
import dev.comms.contract.Contract;
import dev.comms.contract.Time;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.DistributionSummary;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Measures and traces: once around the message, and once around each attempt. */
final class Telemetry {
  private final Meters meters;
  private final @Nullable Counter messages;
  private final @Nullable DistributionSummary used;
  private final boolean sends;
  private final Time time;
  private final long limit; // of what is sent, in ns; its pipeline is made anew with another limit

  private Telemetry(Meters meters, Time time, Contract contract) {
    this.meters = meters;
    this.limit = contract.limit().toNanos();
    this.messages = meters.messages();
    this.used = meters.deadlineUsed();
    this.sends = meters.sends();
    this.time = time;
  }

  /** What the caller or the sender of a message experiences, retries included. */
  static Policy aroundMessage(Meters meters, Time time, Traces traces, Contract contract) {
    Telemetry telemetry = new Telemetry(meters, time, contract);
    return (exchange, next) -> {
      long start = time.nanos();
      Exchange traced = traces.begin(exchange);
      traced.onEnd(
          telemetry.sends
              ? failure -> telemetry.ended(telemetry.limit, start, failure)
              : failure -> telemetry.ended(exchange.contract().limit().toNanos(), start, failure));
      return next.proceed(traced);
    };
  }

  private void ended(long whole, long start, @Nullable CommsException failure) {
    long took = time.nanos() - start;
    meters.duration(failure).record(took, TimeUnit.NANOSECONDS);
    if (used != null) {
      used.record((double) took / whole);
    }
    if (messages != null && (failure == null || !sends)) {
      messages.increment();
    }
  }

  /** What each attempt experiences; its span is what the other side continues. */
  static Policy aroundAttempt(Meters meters, Traces traces) {
    Counter fine = meters.attempts(null);
    Exchange.End count = failure -> (failure == null ? fine : meters.attempts(failure)).increment();
    return (exchange, next) -> {
      Exchange traced = traces.attempt(exchange);
      traced.onEnd(count);
      return next.proceed(traced);
    };
  }
}
