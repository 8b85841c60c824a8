package dev.comms.policy;

import dev.comms.contract.CommsException;
import dev.comms.contract.Time;
import dev.comms.policy.Exchange.Verb;
import io.micrometer.core.instrument.Counter;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Measures and traces: once around the message, and once around each attempt. */
final class Telemetry {
  private Telemetry() {}

  /** What the caller or the sender of a message experiences, retries included. */
  static Policy aroundMessage(Meters meters, Time time, Traces traces) {
    Counter messages = meters.messages();
    return (exchange, next) -> {
      long start = time.nanos();
      Exchange traced = traces.begin(exchange);
      traced.onEnd(
          failure -> ended(meters, messages, exchange.verb(), time.nanos() - start, failure));
      return next.proceed(traced);
    };
  }

  private static void ended(
      Meters meters,
      @Nullable Counter messages,
      Verb verb,
      long took,
      @Nullable CommsException failure) {
    meters.duration(failure).record(took, TimeUnit.NANOSECONDS);
    if (messages != null && (failure == null || !verb.sends())) {
      messages.increment();
    }
  }

  /** What each attempt experiences; its span is what the other side continues. */
  static Policy aroundAttempt(Meters meters, Traces traces) {
    Counter fine = meters.attempts(null);
    return (exchange, next) -> {
      Exchange traced = traces.attempt(exchange);
      traced.onEnd(failure -> (failure == null ? fine : meters.attempts(failure)).increment());
      return next.proceed(traced);
    };
  }
}
