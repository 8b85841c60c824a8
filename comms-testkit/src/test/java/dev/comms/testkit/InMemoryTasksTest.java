package dev.comms.testkit;

import dev.comms.spi.TaskTransport;
import dev.comms.testkit.kit.TaskConformance;
import java.util.HashMap;
import java.util.Map;

class InMemoryTasksTest extends TaskConformance {
  private final Map<String, InMemory> spaces = new HashMap<>();

  @Override
  protected TaskTransport transport(String space) {
    return spaces.computeIfAbsent(space, name -> new InMemory()).tasks();
  }
}
