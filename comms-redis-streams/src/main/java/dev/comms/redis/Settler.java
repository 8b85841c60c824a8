package dev.comms.redis;

import dev.comms.contract.CommsException;
import dev.comms.contract.Deadline;
import dev.comms.spi.Host;
import io.micrometer.core.instrument.Counter;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.function.BooleanSupplier;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs settlements. Each is a fenced script, so repeating it is safe: it is repeated while the
 * connection is down or the server is full, for one lease; after that the message is given back, or
 * somebody else has it, and settling is void.
 */
final class Settler {
  private static final Logger LOG = LoggerFactory.getLogger(Settler.class);
  private static final Duration AGAIN = Duration.ofMillis(100);
  private static final Duration REFUSED = Duration.ofSeconds(1);

  private final Host host;
  private final String contract;
  private final Duration lease;
  private final BooleanSupplier ended;
  private final Counter voids;

  /**
   * @param ended whether the subscription is closed: then all was given back
   */
  Settler(Host host, String contract, Duration lease, BooleanSupplier ended) {
    this.host = host;
    this.contract = contract;
    this.lease = lease;
    this.ended = ended;
    this.voids =
        Counter.builder("comms.settle.void")
            .description("settlements of what the broker had taken back")
            .tag("messaging.system", "redis")
            .tag("contract", contract)
            .register(host.meters());
  }

  /**
   * @param script answers 1 if it settled, 0 if the message was no longer ours
   * @param after frees what the message held here; it or the next runs once, before the future is
   *     done
   * @param again gives back what could not be settled; false if it is somebody else's by now, so
   *     that settling was void
   */
  CompletableFuture<Void> settle(
      Supplier<CompletableFuture<Long>> script, Runnable after, Predicate<Throwable> again) {
    Settlement made =
        new Settlement(
            script, after, again, new CompletableFuture<>(), Deadline.after(host.time(), lease));
    attempt(made);
    return made.settled;
  }

  private record Settlement(
      Supplier<CompletableFuture<Long>> script,
      Runnable after,
      Predicate<Throwable> again,
      CompletableFuture<Void> settled,
      Deadline until) {}

  private void attempt(Settlement made) {
    run(made.script)
        .whenComplete(
            (count, failure) -> {
              if (failure == null) {
                finish(count == 0, made);
              } else if (Failures.groupIsGone(failure) || ended.getAsBoolean()) {
                finish(true, made);
              } else if (!Failures.passes(failure)) {
                // Not at once: it comes again, and would be refused again, as fast as it can.
                host.time().schedule(REFUSED, () -> giveUp(made, failure));
              } else if (made.until.expired()) {
                giveUp(made, failure);
              } else {
                host.time().schedule(AGAIN, () -> attempt(made));
              }
            });
  }

  /** It is still pending, and nobody else comes for it while this process keeps its lease. */
  private void giveUp(Settlement made, Throwable failure) {
    CommsException why = Failures.of(contract, failure);
    if (!made.again.test(failure)) {
      voids.increment();
      host.callbacks().execute(() -> made.settled.complete(null));
      return;
    }
    LOG.warn("{}: not settled, so it will be delivered again: {}", contract, why.getMessage());
    host.callbacks().execute(() -> made.settled.completeExceptionally(why));
  }

  private CompletableFuture<Long> run(Supplier<CompletableFuture<Long>> script) {
    if (ended.getAsBoolean()) {
      return CompletableFuture.completedFuture(0L);
    }
    try {
      return script.get();
    } catch (RuntimeException failure) {
      return CompletableFuture.failedFuture(failure);
    }
  }

  private void finish(boolean taken, Settlement made) {
    made.after.run();
    if (taken) {
      voids.increment();
    }
    host.callbacks().execute(() -> made.settled.complete(null));
  }
}
