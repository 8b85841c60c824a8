package dev.comms.policy;

import dev.comms.contract.CommsException;
import dev.comms.contract.CommsException.Facts;
import dev.comms.contract.Effect;
import dev.comms.contract.Fault;
import dev.comms.contract.Time;
import dev.comms.spi.Envelope;
import dev.comms.spi.Reply;
import io.micrometer.core.instrument.Counter;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.CompletableFuture;

/** What is late is not begun. */
public final class Deadlines {
  /** By how much the clocks of two hosts may differ without harm to what expires. */
  public static final Duration SKEW = Duration.ofSeconds(2);

  private Deadlines() {}

  /** Refuses what has no time left; what is begun ends in the transport, which has the deadline. */
  static Policy notLate(Counter refused) {
    return (exchange, next) -> {
      if (!exchange.deadline().expired()) {
        return next.proceed(exchange);
      }
      refused.increment();
      return late(exchange, "no time was left; it was not begun");
    };
  }

  /** Drops a message that its sender let expire, before it is decoded. */
  static Policy notExpired(Time time, Counter expired) {
    return (exchange, next) -> {
      if (!expired(exchange.message(), time)) {
        return next.proceed(exchange);
      }
      expired.increment();
      return late(exchange, "expired at " + exchange.message().expires());
    };
  }

  /** Whether the life of a message has ended, with the tolerance for clocks that differ. */
  public static boolean expired(Envelope message, Time time) {
    Instant expires = message.expires();
    return expires != null && time.now().isAfter(expires.plus(SKEW));
  }

  static CompletableFuture<Reply> late(Exchange exchange, String why) {
    return CompletableFuture.failedFuture(
        new CommsException.DeadlineExceeded(
            Facts.of(exchange.contract().name())
                .effect(Effect.NONE)
                .fault(Fault.CALLER)
                .message(why)));
  }
}
