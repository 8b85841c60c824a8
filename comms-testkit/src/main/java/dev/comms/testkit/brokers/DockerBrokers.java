package dev.comms.testkit.brokers;

import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Brokers out of images: the source that comes after all others, or first when asked for. */
final class DockerBrokers {

  private static final Duration START = Duration.ofMinutes(2);
  private static final int REDIS = 6379;
  private static final int RABBIT = 5672;
  private static final int POSTGRES = 5432;

  private final Containers containers;
  private final Map<String, String> environment;

  DockerBrokers(Containers containers, Map<String, String> environment) {
    this.containers = containers;
    this.environment = environment;
  }

  /** Starts a broker out of its image. */
  interface Start<B> {
    B in(Scope scope) throws Exception;
  }

  boolean available() {
    return containers.advice().isEmpty();
  }

  /** Of a user's {@code -Dcomms.redis=docker}. */
  <B> B asked(DockerImage image, Start<B> start, Scope scope) throws Exception {
    Optional<String> advice = containers.advice();
    if (advice.isPresent()) {
      throw new BrokerUnavailable(
          image.kind()
              + ": -D"
              + image.source()
              + "=docker, and no container can be run: "
              + advice.get()
              + ", or leave out the property");
    }
    return start.in(scope);
  }

  /** When every other source has failed for this reason. */
  <B> B last(BrokerUnavailable otherwise, Start<B> start, Scope scope) throws Exception {
    Optional<String> advice = containers.advice();
    if (advice.isPresent()) {
      throw new BrokerUnavailable(
          otherwise.getMessage() + ", or " + advice.get(), otherwise.log(), otherwise.getCause());
    }
    return start.in(scope);
  }

  Broker redis(Scope scope) {
    int port = Ports.free();
    URI uri = URI.create("redis://127.0.0.1:" + port);
    // protected mode would refuse what comes through the engine, which is no loopback address
    List<String> command =
        List.of(
            "redis-server",
            "--protected-mode",
            "no",
            "--save",
            "",
            "--appendonly",
            "yes",
            "--maxmemory-policy",
            "noeviction");
    Started started =
        start(
            DockerImage.REDIS,
            new Containers.Plan(image(DockerImage.REDIS), port, REDIS, command, Map.of()),
            () -> RedisProbe.version(uri),
            scope);
    return running(DockerImage.REDIS, started, uri.toString(), scope);
  }

  RabbitBroker rabbit(Scope scope) {
    int port = Ports.free();
    URI uri = URI.create("amqp://127.0.0.1:" + port);
    Started started =
        start(
            DockerImage.RABBIT,
            new Containers.Plan(image(DockerImage.RABBIT), port, RABBIT, List.of(), Map.of()),
            () -> AmqpGreeting.version(uri),
            scope);
    return new DockerRabbit(
        running(DockerImage.RABBIT, started, uri.toString(), scope), started.container());
  }

  Broker postgres(Scope scope) {
    int port = Ports.free();
    String url = "jdbc:postgresql://127.0.0.1:" + port + "/postgres?user=postgres";
    Map<String, String> trusting = Map.of("POSTGRES_HOST_AUTH_METHOD", "trust");
    Started started =
        start(
            DockerImage.POSTGRES,
            new Containers.Plan(image(DockerImage.POSTGRES), port, POSTGRES, List.of(), trusting),
            () -> PostgresServer.version(url),
            scope);
    return running(DockerImage.POSTGRES, started, url, scope);
  }

  /** It listens inside on the port that clients outside are told, so both reach it by one name. */
  Broker kafka(Scope scope) {
    int port = Ports.free();
    Map<String, String> settings = KafkaSettings.ofContainer(port, Ports.free());
    Started started =
        start(
            DockerImage.KAFKA,
            new Containers.Plan(image(DockerImage.KAFKA), port, port, List.of(), settings),
            () -> {
              KafkaGreeting.ask(port);
              return OutsideKafka.version("127.0.0.1:" + port);
            },
            scope);
    return running(DockerImage.KAFKA, started, "127.0.0.1:" + port, scope);
  }

  private String image(DockerImage image) {
    return image.image(environment);
  }

  private Broker running(DockerImage image, Started started, String address, Scope scope) {
    return new Running(
        image.kind(), started.version(), address, "docker " + image(image), scope::close);
  }

  private record Started(Containers.Container container, String version) {}

  private Started start(
      DockerImage image, Containers.Plan plan, Readiness.Probe<String> probe, Scope scope) {
    Containers.Container container;
    try {
      container = containers.run(plan, scope);
    } catch (BrokerUnavailable e) {
      throw e;
    } catch (Exception | LinkageError e) {
      throw Failures.container(image, plan.image(), root(e), "", e);
    }
    try {
      return new Started(container, Readiness.await(START, container::alive, probe));
    } catch (Readiness.NotReady e) {
      String why = container.alive() ? String.valueOf(e.getMessage()) : "its process ended";
      throw Failures.container(image, plan.image(), why, container.log(), e);
    } catch (LinkageError e) {
      String library =
          image == DockerImage.KAFKA
              ? "org.apache.kafka:kafka-clients"
              : "org.postgresql:postgresql";
      throw Failures.missing(image.kind(), library, "its address in the environment", e);
    }
  }

  /** The library wraps what the engine said several times. */
  private static String root(Throwable failure) {
    Throwable root = failure;
    while (root.getCause() != null) {
      root = root.getCause();
    }
    return Secrets.reason(root);
  }
}
