package dev.comms.policy;

import dev.comms.contract.Time;
import dev.comms.spi.Reply;
import java.util.concurrent.CompletableFuture;

/**
 * Looks again when a thread is free: what is late by now is not begun; and while many wait, neither
 * is what has less time left than twice what handling usually takes. Those that wait stand in line,
 * so that under overload the next one is always the one that is nearly late: without this, a line
 * that is longer than the callers' patience makes every worker work for nobody.
 */
final class Wanted implements Policy {
  private final Limits.Places places;
  private final Time time;
  private final Switches switches;
  private final Refused refused;
  // What handling usually takes, in nanoseconds. A lost update does no harm.
  private volatile long usual;

  Wanted(Limits.Places places, Time time, Switches switches, Refused refused) {
    this.places = places;
    this.time = time;
    this.switches = switches;
    this.refused = refused;
  }

  @Override
  public CompletableFuture<? extends Reply> apply(Exchange exchange, Next next) {
    long left = exchange.deadline().remaining().toNanos();
    long takes = usual;
    if (left <= 0) {
      refused.in(Mode.ENFORCE).increment();
      return Deadlines.late(exchange, "no time was left when a thread was free; it was not begun");
    }
    if (left < 2 * takes && places.crowded()) {
      // What was once slow may be quick by now, and only those that are begun can show it.
      usual = takes - takes / 64;
      Mode mode = switches.limits();
      refused.in(mode).increment();
      if (mode == Mode.ENFORCE) {
        return Deadlines.late(
            exchange, "too little time was left when a thread was free; it was not begun");
      }
    }
    long begun = time.nanos();
    exchange.onEnd(
        failure -> {
          if (failure == null) {
            long before = usual;
            usual = before + (time.nanos() - begun - before) / 16;
          }
        });
    return next.proceed(exchange);
  }
}
