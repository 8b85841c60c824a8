package dev.comms.testkit.mutants;

import dev.comms.spi.EventTransport;
import dev.comms.testkit.InMemory;
import dev.comms.testkit.kit.EventConformance;
import java.util.HashMap;
import java.util.Map;
import java.util.function.UnaryOperator;

/** The kit on the mutant that {@link Hunt} has put here; not run on its own. */
class MutantEvents extends EventConformance {
  static volatile UnaryOperator<EventTransport> change = UnaryOperator.identity();
  private final Map<String, InMemory> spaces = new HashMap<>();

  @Override
  protected EventTransport transport(String space) {
    return change.apply(spaces.computeIfAbsent(space, name -> new InMemory()).events());
  }
}
