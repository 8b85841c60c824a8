package dev.comms.redis;

import dev.comms.contract.CommsException;
import dev.comms.contract.Deadline;
import dev.comms.spi.Host;
import io.micrometer.core.instrument.Counter;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs settlements. Each is a fenced script, so repeating it is safe: it is repeated while the
 * connection is down, for one lease; after that somebody else has the message, and settling is
 * void.
 */
final class Settler {
  private static final Logger LOG = LoggerFactory.getLogger(Settler.class);
  private static final Duration AGAIN = Duration.ofMillis(100);

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
   * @param after frees what the message held here; it runs once, before the future is done
   */
  CompletableFuture<Void> settle(Supplier<CompletableFuture<Long>> script, Runnable after) {
    CompletableFuture<Void> settled = new CompletableFuture<>();
    attempt(script, after, settled, Deadline.after(host.time(), lease));
    return settled;
  }

  private void attempt(
      Supplier<CompletableFuture<Long>> script,
      Runnable after,
      CompletableFuture<Void> settled,
      Deadline until) {
    run(script)
        .whenComplete(
            (count, failure) -> {
              if (failure == null) {
                finish(count == 0, after, settled);
              } else if (Failures.groupIsGone(failure) || ended.getAsBoolean()) {
                finish(true, after, settled);
              } else if (!Failures.passes(failure)) {
                after.run();
                CommsException why = Failures.of(contract, failure);
                host.callbacks().execute(() -> settled.completeExceptionally(why));
              } else if (until.expired()) {
                LOG.warn(
                    "{}: a settlement could not reach redis for {}; it will be delivered again",
                    contract,
                    lease);
                finish(true, after, settled);
              } else {
                host.time().schedule(AGAIN, () -> attempt(script, after, settled, until));
              }
            });
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

  private void finish(boolean taken, Runnable after, CompletableFuture<Void> settled) {
    after.run();
    if (taken) {
      voids.increment();
    }
    host.callbacks().execute(() -> settled.complete(null));
  }
}
