package dev.comms.testkit;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** Who listens where. */
final class Network {
  private final Map<String, MemoryServer> listening = new ConcurrentHashMap<>();
  private final AtomicInteger ports = new AtomicInteger();

  String listen(MemoryServer server) {
    String address = "memory:" + ports.incrementAndGet();
    listening.put(address, server);
    return address;
  }

  void leave(String address) {
    listening.remove(address);
  }

  @Nullable MemoryServer find(String address) {
    return listening.get(address);
  }
}
