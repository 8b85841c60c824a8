package dev.comms;

import dev.comms.contract.CommsException;
import dev.comms.contract.CommsException.Facts;
import dev.comms.contract.Contract;
import dev.comms.contract.Effect;
import dev.comms.spi.Delivery;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Settles deliveries of one contract, counts dead letters, and reports what could not be settled.
 */
final class Settling {
  private static final Logger LOG = LoggerFactory.getLogger(Settling.class);

  /** A message that ended this many consumers is taken for what ended them. */
  private static final int MOST_CRASHES = 3;

  private final Contract contract;
  private final MeterRegistry meters;
  // Bounded: the reasons are the words of Failing.
  private final Map<String, Counter> dead = new ConcurrentHashMap<>();

  Settling(Contract contract, MeterRegistry meters) {
    this.contract = contract;
    this.meters = meters;
  }

  /** Dead-letters what ended too many consumers before, instead of handling it; else null. */
  @Nullable CompletableFuture<Void> deadOnArrival(Delivery delivery) {
    if (delivery.crashes() < MOST_CRASHES) {
      return null;
    }
    String why =
        "delivered " + delivery.crashes() + " times to consumers that ended without a verdict";
    Facts facts = Facts.of(contract.name()).effect(Effect.POSSIBLE).message(why);
    return dead(delivery, "crashes", new CommsException.Failed(facts));
  }

  void retrying(Delivery delivery, int attempt, Duration pause, CommsException why) {
    LOG.warn(
        "{} {}: attempt {} failed: {}; again in {} ms, look at its cause if it goes on",
        contract,
        delivery.envelope().id(),
        attempt,
        why.getMessage(),
        pause.toMillis());
    LOG.debug("{} {}: attempt {}", contract, delivery.envelope().id(), attempt, why);
  }

  CompletableFuture<Void> done(Delivery delivery) {
    return watch(delivery, "done", tried(delivery::done));
  }

  /** Of what is handled at most once: it failed, and nobody will try it again. */
  void lost(Delivery delivery, CommsException why) {
    LOG.warn(
        "{} {}: failed and is not tried again, since it is handled at most once: {}",
        contract,
        delivery.envelope().id(),
        why.getMessage(),
        why);
    meters
        .counter("comms.lost", "contract", contract.name(), "error.type", why.kind().name())
        .increment();
  }

  CompletableFuture<Void> giveBack(Delivery delivery) {
    return watch(delivery, "given back", tried(delivery::giveBack));
  }

  CompletableFuture<Void> dead(Delivery delivery, String reason, CommsException why) {
    LOG.warn(
        "{} {}: to the dead letters ({}): {}; look at it, mend the cause and redrive it",
        contract,
        delivery.envelope().id(),
        reason,
        why.getMessage(),
        why);
    CompletableFuture<Void> settled = tried(() -> delivery.deadLetter(reason, why));
    settled.thenRun(() -> counter(reason).increment());
    return watch(delivery, "dead-lettered", settled);
  }

  /** A transport that throws must not keep the place and the key of what it was to settle. */
  static CompletableFuture<Void> tried(Supplier<CompletableFuture<Void>> settlement) {
    try {
      return settlement.get();
    } catch (RuntimeException thrown) {
      return CompletableFuture.failedFuture(thrown);
    }
  }

  CompletableFuture<Void> watch(Delivery delivery, String what, CompletableFuture<Void> settled) {
    return settled.whenComplete(
        (done, failure) -> {
          if (failure != null) {
            LOG.warn(
                "{} {}: could not be settled as {}: {}; it will be delivered again",
                contract,
                delivery.envelope().id(),
                what,
                CommsException.of(contract.name(), failure).getMessage());
          }
        });
  }

  private Counter counter(String reason) {
    return dead.computeIfAbsent(
        reason,
        known ->
            meters.counter("comms.dead.letters", "contract", contract.name(), "reason", known));
  }
}
