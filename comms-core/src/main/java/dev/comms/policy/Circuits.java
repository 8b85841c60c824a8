package dev.comms.policy;

import dev.comms.contract.Contract;
import dev.comms.contract.Time;
import java.util.HashMap;
import java.util.Map;
import java.util.function.BiFunction;

/**
 * The breakers of one destination, one per contract. They outlive pipelines, which are made anew
 * when an operator changes a contract. Guarded by itself; what it asks must not call back.
 */
final class Circuits {
  private final String target;
  private final Time time;
  private final Map<String, One> all = new HashMap<>();
  private BiFunction<Contract, String, Forced> forcing = (contract, place) -> Forced.NOT;

  private record One(Contract contract, Circuit circuit) {}

  Circuits(String target, Time time) {
    this.target = target;
    this.time = time;
  }

  /** Bounded: whoever makes pipelines counts contracts. */
  synchronized Circuit of(Contract contract) {
    One one = all.computeIfAbsent(contract.toString(), name -> made(contract));
    return one.circuit;
  }

  private One made(Contract contract) {
    String name = target + "/" + contract.name();
    Circuit circuit = new Circuit(name, Circuit.Settings.STANDARD, time);
    circuit.force(forcing.apply(contract, target));
    return new One(contract, circuit);
  }

  /** From now on breakers are forced as this says, of a contract and the destination. */
  synchronized void force(BiFunction<Contract, String, Forced> by) {
    forcing = by;
    all.values().forEach(one -> one.circuit.force(by.apply(one.contract, target)));
  }
}
