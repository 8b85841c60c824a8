package dev.comms.testkit.mutants;

import dev.comms.spi.TaskTransport;
import dev.comms.testkit.InMemory;
import dev.comms.testkit.kit.TaskConformance;
import java.util.HashMap;
import java.util.Map;
import java.util.function.UnaryOperator;

/** The kit on the mutant that {@link Hunt} has put here; not run on its own. */
class MutantTasks extends TaskConformance {
  static volatile UnaryOperator<TaskTransport> change = UnaryOperator.identity();
  private final Map<String, InMemory> spaces = new HashMap<>();

  @Override
  protected TaskTransport transport(String space) {
    return change.apply(spaces.computeIfAbsent(space, name -> new InMemory()).tasks());
  }
}
