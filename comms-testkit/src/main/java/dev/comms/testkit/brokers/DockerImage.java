package dev.comms.testkit.brokers;

import java.util.Locale;
import java.util.Map;

/** The images that brokers are run from when Docker is their source, and how users name others. */
enum DockerImage {
  // the newest that was known to be published when this was written; clients of 4.4 are at home
  KAFKA("kafka", "apache/kafka:4.3.1"),
  REDIS("redis", "redis:7-alpine"),
  RABBIT("rabbitmq", "rabbitmq:4-alpine"),
  POSTGRES("postgresql", "postgres:17-alpine");

  private final String kind;
  private final String usual;

  DockerImage(String kind, String usual) {
    this.kind = kind;
    this.usual = usual;
  }

  /** As {@link Broker#kind()}. */
  String kind() {
    return kind;
  }

  /** {@code -Dcomms.redis=docker} takes Docker before all but the environment's address. */
  String source() {
    return "comms." + name().toLowerCase(Locale.ROOT);
  }

  /** Whether the user asked for Docker although something else may be there. */
  boolean asked() {
    return "docker".equals(System.getProperty(source()));
  }

  /** {@code -Dcomms.redis.image}. */
  String property() {
    return source() + ".image";
  }

  /** {@code COMMS_REDIS_IMAGE}. */
  String variable() {
    return "COMMS_" + name() + "_IMAGE";
  }

  /** The property's image, or else the variable's, or else the usual one. */
  String image(Map<String, String> environment) {
    String named = System.getProperty(property(), environment.getOrDefault(variable(), ""));
    return named.isBlank() ? usual : named.strip();
  }
}
