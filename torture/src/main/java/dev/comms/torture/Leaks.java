package dev.comms.torture;

import java.util.List;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;

/**
 * What the services left behind when they had ended.
 *
 * @param names the names of threads of theirs that still live
 * @param connections connections that are still open, and those that faults made too many
 * @param channels channels that the broker still knows
 */
record Leaks(List<String> names, long connections, long channels) {
  private static final long PATIENCE_NANOS = 10_000_000_000L;
  private static final long SLACK = 2;
  private static final long BETWEEN_NANOS = 50_000_000L;

  /** Our own, and those that all services of a JVM share. */
  private static final List<String> OTHERS =
      List.of(
          "torture-",
          "comms-proxy",
          "comms-brokers",
          "process reaper",
          "comms-time",
          "Common-Cleaner",
          "Attach Listener",
          "CompletableFutureDelayScheduler",
          "ForkJoinPool.commonPool");

  static Set<Thread> living() {
    return Thread.getAllStackTraces().keySet().stream()
        .filter(thread -> OTHERS.stream().noneMatch(thread.getName()::startsWith))
        .collect(Collectors.toSet());
  }

  /**
   * Looked at until nothing is left, or it has become clear that it stays.
   *
   * @param grown how many connections more there were after all faults than before them
   */
  static Leaks of(Rig rig, Set<Thread> before, long grown) {
    long end = System.nanoTime() + PATIENCE_NANOS;
    Leaks leaks = now(rig, before);
    while (!leaks.none() && System.nanoTime() - end < 0) {
      LockSupport.parkNanos(BETWEEN_NANOS);
      leaks = now(rig, before);
    }
    long more = Math.max(0, grown - SLACK);
    return new Leaks(leaks.names, leaks.connections + more, leaks.channels);
  }

  private static Leaks now(Rig rig, Set<Thread> before) {
    Set<Thread> left = living();
    left.removeAll(before);
    long connections = rig.connections();
    List<String> names = left.stream().map(Thread::getName).sorted().toList();
    return new Leaks(names, connections, rig.channels());
  }

  boolean none() {
    return names.isEmpty() && connections == 0 && channels == 0;
  }

  String json() {
    return "{\"threads\":"
        + names.size()
        + ",\"connections\":"
        + connections
        + ",\"channels\":"
        + channels
        + "}";
  }
}
