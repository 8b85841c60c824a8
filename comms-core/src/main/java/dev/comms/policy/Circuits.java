package dev.comms.policy;

import dev.comms.contract.Contract;
import dev.comms.contract.Time;
import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import java.util.HashMap;
import java.util.Map;
import java.util.function.BiFunction;

/**
 * The breakers of one destination, one per contract name. They outlive pipelines, which are made
 * anew when an operator changes a contract. Guarded by itself; what it asks must not call back.
 */
final class Circuits {
  private final String target;
  private final Time time;
  private final Map<String, One> all = new HashMap<>();
  private BiFunction<Contract, String, Forced> forcing = (contract, place) -> Forced.NOT;

  private record One(Contract contract, CircuitBreaker breaker) {}

  Circuits(String target, Time time) {
    this.target = target;
    this.time = time;
  }

  /** Bounded: whoever makes pipelines counts contracts. */
  synchronized CircuitBreaker of(Contract contract, Breaker.Settings settings) {
    One one =
        all.computeIfAbsent(
            contract.toString(),
            name ->
                new One(contract, Breaker.circuit(target + "/" + contract.name(), settings, time)));
    force(one);
    return one.breaker;
  }

  /** From now on breakers are forced as this says, of a contract and the destination. */
  synchronized void force(BiFunction<Contract, String, Forced> by) {
    forcing = by;
    all.values().forEach(this::force);
  }

  private void force(One one) {
    Forced forced = forcing.apply(one.contract, target);
    CircuitBreaker.State state = one.breaker.getState();
    boolean held =
        state == CircuitBreaker.State.FORCED_OPEN || state == CircuitBreaker.State.DISABLED;
    if (forced == Forced.OPEN && state != CircuitBreaker.State.FORCED_OPEN) {
      one.breaker.transitionToForcedOpenState();
    } else if (forced == Forced.DISABLED && state != CircuitBreaker.State.DISABLED) {
      one.breaker.transitionToDisabledState();
    } else if (forced == Forced.NOT && held) {
      one.breaker.transitionToClosedState();
    }
  }
}
