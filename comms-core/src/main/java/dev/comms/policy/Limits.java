package dev.comms.policy;

import dev.comms.contract.CommsException;
import dev.comms.contract.CommsException.Facts;
import dev.comms.contract.Effect;
import dev.comms.contract.Fault;
import dev.comms.spi.Reply;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;

/** Bounds on what is begun per second and on what is under way; both refuse at once. */
final class Limits {
  private Limits() {}

  /**
   * Takes a permit to begin.
   *
   * @param most so many per second
   * @param where the name for messages
   */
  static Policy rate(Rate rate, int most, String where, Switches switches, Refused refused) {
    return (exchange, next) -> {
      if (rate.tryBegin(most)) {
        return next.proceed(exchange);
      }
      Mode mode = switches.limits();
      refused.in(mode).increment();
      return mode == Mode.OBSERVE
          ? next.proceed(exchange)
          : refuse(exchange, "more than " + most + " per second at " + where, Fault.LOCAL);
    };
  }

  /** What is under way at one destination, or at a server. */
  static final class Places {
    private final String where;
    private final int most;
    private final AtomicInteger taken = new AtomicInteger();
    private final Exchange.End giveBack = failure -> taken.decrementAndGet();

    /**
     * Nothing is under way yet.
     *
     * @param where the name for messages
     */
    Places(String where, int most) {
      this.where = where;
      this.most = most;
    }

    int taken() {
      return taken.get();
    }

    /** Whether more than half is taken, so that what comes now will wait. */
    boolean crowded() {
      return taken.get() > most / 2;
    }

    private boolean tryTake() {
      for (int now = taken.get(); now < most; now = taken.get()) {
        if (taken.compareAndSet(now, now + 1)) {
          return true;
        }
      }
      return false;
    }
  }

  /**
   * Takes a place to be under way, and gives it back when the exchange has ended. A plain counter:
   * Resilience4j's bulkhead refuses whoever comes on an interrupted thread.
   */
  static Policy inFlight(Places places, Switches switches, Fault fault, Refused refused) {
    return (exchange, next) -> {
      if (places.tryTake()) {
        exchange.onEnd(places.giveBack);
        return next.proceed(exchange);
      }
      Mode mode = switches.limits();
      refused.in(mode).increment();
      return mode == Mode.OBSERVE
          ? next.proceed(exchange)
          : refuse(exchange, "already " + places.most + " under way at " + places.where, fault);
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
