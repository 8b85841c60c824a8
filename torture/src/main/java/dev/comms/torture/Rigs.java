package dev.comms.torture;

import dev.comms.testkit.brokers.Brokers;
import java.util.List;

/** What can be tortured. */
final class Rigs {
  private static final List<String> SYSTEMS = List.of("rabbit", "kafka", "redis", "grpc");

  private Rigs() {}

  /**
   * Refuses what is no system.
   *
   * @throws IllegalArgumentException if it is none
   */
  static void check(String system) {
    if (!SYSTEMS.contains(system)) {
      throw new IllegalArgumentException(
          "'" + system + "' is no system; name one of " + String.join(", ", SYSTEMS));
    }
  }

  static Rig of(Plan plan, Brokers brokers) {
    return switch (plan.system()) {
      case "rabbit" -> new RabbitRig(brokers, plan.seed());
      case "kafka" -> new KafkaRig(brokers, plan.seed());
      case "redis" -> new RedisRig(brokers, plan.seed());
      case "grpc" -> new GrpcRig(plan.seed());
      default -> throw new IllegalArgumentException(plan.system());
    };
  }
}
