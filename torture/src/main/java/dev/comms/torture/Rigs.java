package dev.comms.torture;

import dev.comms.testkit.brokers.Brokers;

/** What can be tortured. */
final class Rigs {
  private Rigs() {}

  static Rig of(Plan plan, Brokers brokers) {
    return switch (plan.system()) {
      case "rabbit" -> new RabbitRig(brokers, plan.seed());
      case "kafka" -> new KafkaRig(brokers, plan.seed());
      case "redis" -> new RedisRig(brokers, plan.seed());
      case "grpc" -> new GrpcRig(plan.seed());
      default ->
          throw new IllegalArgumentException(
              "'" + plan.system() + "' is no system; name rabbit, kafka, redis or grpc");
    };
  }
}
