package dev.comms.torture;

import dev.comms.testkit.brokers.BrokerNode;
import dev.comms.testkit.proxy.Direction;
import dev.comms.testkit.proxy.FaultProxy;
import dev.comms.testkit.proxy.NetworkFault;
import java.time.Duration;
import java.util.List;

/** The kinds of trouble that every system is given: those of the network, those of the broker. */
final class Breakages {
  /** How long a confirm, or an answer, may take in a rig. */
  static final Duration LIMIT = Duration.ofSeconds(3);

  /** A Redis is back within 100 ms otherwise. */
  private static final Duration AWAY = Duration.ofMillis(300);

  private static final Duration BRIEF = Duration.ofMillis(700);
  private static final Duration SHORT = Duration.ofSeconds(1);
  private static final Duration PAUSE = Duration.ofSeconds(2);

  /** Longer than the limit, so that some outcomes become unknown. */
  private static final Duration BEYOND = LIMIT.plusMillis(700);

  private static final Duration DELAY = Duration.ofMillis(400);
  private static final Duration JITTER = Duration.ofMillis(200);

  private Breakages() {}

  /** What happens on the way. */
  static List<Breakage> network(FaultProxy proxy) {
    return List.of(
        cut(proxy, "answers lost", BEYOND, NetworkFault.blackHole().towards(Direction.CLIENT))
            .leavingUnknown(),
        cut(proxy, "reset", BRIEF, NetworkFault.reset()),
        Breakage.cut(
            "refused",
            SHORT,
            () -> {
              proxy.apply(NetworkFault.refuse());
              proxy.resetAll();
            },
            proxy::heal),
        Breakage.slow(
            "latency", PAUSE, () -> proxy.apply(NetworkFault.latency(DELAY, JITTER)), proxy::heal));
  }

  private static Breakage cut(FaultProxy proxy, String kind, Duration hold, NetworkFault fault) {
    return Breakage.cut(kind, hold, () -> proxy.apply(fault), proxy::heal);
  }

  /** What happens to the broker. */
  static List<Breakage> node(BrokerNode node) {
    return List.of(
        Breakage.cut("kill -9", AWAY, node::kill, node::start),
        Breakage.cut("frozen", PAUSE, node::pause, node::resume),
        Breakage.cut("restart", AWAY, node::stop, node::start));
  }
}
