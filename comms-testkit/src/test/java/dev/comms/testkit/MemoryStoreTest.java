package dev.comms.testkit;

import dev.comms.outbox.MemoryStore;
import dev.comms.spi.Store;
import dev.comms.testkit.kit.StoreConformance;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

class MemoryStoreTest extends StoreConformance {
  private final Map<String, Store> spaces = new ConcurrentHashMap<>();

  @Override
  protected Store store(String space) {
    return spaces.computeIfAbsent(space, one -> MemoryStore.create());
  }
}
