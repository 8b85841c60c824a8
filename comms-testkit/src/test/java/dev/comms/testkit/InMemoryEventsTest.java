package dev.comms.testkit;

import dev.comms.spi.EventTransport;
import dev.comms.testkit.kit.EventConformance;
import java.util.HashMap;
import java.util.Map;

class InMemoryEventsTest extends EventConformance {
  private final Map<String, InMemory> spaces = new HashMap<>();

  @Override
  protected EventTransport transport(String space) {
    return spaces.computeIfAbsent(space, name -> new InMemory()).events();
  }
}
