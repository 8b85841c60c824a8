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

  /** Whoever listens there is found under this name too. */
  void name(String name, String address) {
    MemoryServer server = listening.get(address);
    if (server != null) {
      listening.put(name, server);
    }
  }

  void leave(String address) {
    MemoryServer server = listening.get(address);
    listening.values().removeIf(one -> one.equals(server));
  }

  @Nullable MemoryServer find(String address) {
    return listening.get(address);
  }
}
