package dev.comms.torture;

import java.util.List;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;

/**
 * What the services left behind when they had ended.
 *
 * @param threads threads of theirs that still live
 * @param connections connections to the broker that are still open
 * @param channels channels that the broker still knows
 */
record Leaks(int threads, long connections, long channels) {
  private static final long PATIENCE_NANOS = 10_000_000_000L;
  private static final long BETWEEN_NANOS = 50_000_000L;

  /** Our own, and those of the embedded brokers and the JVM's pools, which outlive a service. */
  private static final List<String> OTHERS =
      List.of("torture-", "comms-proxy", "comms-brokers", "process reaper", "Common-Cleaner");

  static Set<Thread> threads() {
    return Thread.getAllStackTraces().keySet().stream()
        .filter(thread -> OTHERS.stream().noneMatch(thread.getName()::startsWith))
        .collect(Collectors.toSet());
  }

  /** Looked at until nothing is left, or it has become clear that it stays. */
  static Leaks of(Rig rig, Set<Thread> before) {
    long end = System.nanoTime() + PATIENCE_NANOS;
    Leaks leaks = now(rig, before);
    while (!leaks.none() && System.nanoTime() - end < 0) {
      LockSupport.parkNanos(BETWEEN_NANOS);
      leaks = now(rig, before);
    }
    return leaks;
  }

  private static Leaks now(Rig rig, Set<Thread> before) {
    Set<Thread> left = threads();
    left.removeAll(before);
    long connections = rig.connections();
    return new Leaks(left.size(), connections, connections == 0 ? 0 : rig.channels());
  }

  boolean none() {
    return threads == 0 && connections == 0 && channels == 0;
  }

  String json() {
    return "{\"threads\":"
        + threads
        + ",\"connections\":"
        + connections
        + ",\"channels\":"
        + channels
        + "}";
  }
}
