package dev.comms.testkit.brokers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Isolated;

/** When Docker is taken, with what, and what is said when it cannot be; without an engine. */
@Isolated("sets system properties that say where brokers come from")
class DockerSourceTest {

  private final FakeContainers docker = new FakeContainers(true);

  @AfterEach
  void forget() {
    for (DockerImage image : DockerImage.values()) {
      System.clearProperty(image.source());
      System.clearProperty(image.property());
    }
  }

  @Test
  void anAddressInTheEnvironmentWinsOverDocker() {
    System.setProperty("comms.redis", "docker");
    try (Brokers brokers = new Brokers(Map.of("COMMS_REDIS_URI", "nonsense"), false, docker)) {
      assertThatThrownBy(brokers::redis).hasMessageContaining("COMMS_REDIS_URI=nonsense");
    }
    assertThat(docker.plans).isEmpty();
  }

  @Test
  void whoAsksForDockerGetsItBeforeWhatIsInstalledAndItEndsWithTheSet() {
    System.setProperty("comms.redis", "docker");
    try (Brokers brokers = new Brokers(Map.of(), false, docker)) {
      Broker redis = brokers.redis();
      assertThat(redis.origin()).isEqualTo("docker redis:7-alpine");
      assertThat(redis.version()).isEqualTo("7.4.2");
      assertThat(redis.address()).isEqualTo("redis://127.0.0.1:" + docker.plans.get(0).outside());
      assertThat(docker.plans.get(0).command()).containsSequence("--appendonly", "yes");
      assertThat(brokers.folder().root()).isNull();
      assertThat(docker.running()).isTrue();
    }
    assertThat(docker.running()).isFalse();
  }

  @Test
  void whoAsksForDockerWhereNoneIsIsToldSoInOneLine() {
    System.setProperty("comms.rabbit", "docker");
    try (Brokers brokers = new Brokers(Map.of(), false, new FakeContainers(false))) {
      assertThat(brokers.rabbitAvailable()).isFalse();
      assertThatThrownBy(brokers::rabbit)
          .isInstanceOf(BrokerUnavailable.class)
          .message()
          .hasLineCount(1)
          .startsWith("rabbitmq: -Dcomms.rabbit=docker, and no container can be run: ")
          .contains(FakeContainers.NO_ENGINE)
          .endsWith("or leave out the property");
    }
  }

  @Test
  void whereNothingIsInstalledAndNoEngineAnswersBothWaysOutAreNamed() {
    DockerBrokers none = new DockerBrokers(new FakeContainers(false), Map.of());
    assertThatThrownBy(() -> none.last(RabbitInstall.none(), none::rabbit, unused()))
        .isInstanceOf(BrokerUnavailable.class)
        .message()
        .hasLineCount(1)
        .startsWith("rabbitmq: COMMS_RABBIT_URI is not set and no rabbitmq-server")
        .endsWith("or set COMMS_RABBIT_URI, or " + FakeContainers.NO_ENGINE);
  }

  @Test
  void anImageThatCannotBeHadIsNamedWithWhatNamesAnother() {
    refused(DockerImage.RABBIT, Map.of(), "rabbitmq:4-alpine", Brokers::rabbit);
    assertThat(docker.plans.get(0).inside()).isEqualTo(5672);
    System.setProperty("comms.postgres.image", "mine/postgres:1");
    Map<String, String> other = Map.of("COMMS_POSTGRES_IMAGE", "other:1");
    refused(DockerImage.POSTGRES, other, "mine/postgres:1", Brokers::postgres);
    assertThat(docker.plans.get(1).environment()).containsKey("POSTGRES_HOST_AUTH_METHOD");
    System.clearProperty("comms.postgres.image");
    refused(DockerImage.POSTGRES, other, "other:1", Brokers::postgres);
    Map<String, String> blank = Map.of("COMMS_POSTGRES_IMAGE", " ");
    refused(DockerImage.POSTGRES, blank, "postgres:17-alpine", Brokers::postgres);
  }

  @Test
  void kafkaListensInsideOnThePortThatItsClientsAreTold() {
    refused(DockerImage.KAFKA, Map.of(), "apache/kafka:4.", Brokers::kafka);
    Containers.Plan plan = docker.plans.get(0);
    assertThat(plan.inside()).isEqualTo(plan.outside());
    assertThat(plan.environment())
        .containsEntry("KAFKA_ADVERTISED_LISTENERS", "PLAINTEXT://127.0.0.1:" + plan.outside())
        .containsEntry("KAFKA_AUTO_CREATE_TOPICS_ENABLE", "false")
        .hasEntrySatisfying(
            "KAFKA_LISTENERS",
            value -> assertThat(value).startsWith("PLAINTEXT://0.0.0.0:" + plan.outside() + ","));
  }

  private void refused(
      DockerImage image, Map<String, String> environment, String name, Consumer<Brokers> start) {
    System.setProperty(image.source(), "docker");
    try (Brokers brokers = new Brokers(environment, false, docker)) {
      assertThatThrownBy(() -> start.accept(brokers))
          .isInstanceOf(BrokerUnavailable.class)
          .message()
          .hasLineCount(1)
          .startsWith(image.kind() + ": the image " + name)
          .contains("manifest unknown")
          .contains(image.variable())
          .contains(image.property());
    }
  }

  @Test
  void theToolOfARabbitInAContainerIsRunInside() {
    List<List<String>> ran = new ArrayList<>();
    Containers.Container container =
        new Containers.Container() {
          @Override
          public boolean alive() {
            return true;
          }

          @Override
          public String log() {
            return "";
          }

          @Override
          public String exec(List<String> command) {
            ran.add(command);
            return "done";
          }

          @Override
          public String execCommand(List<String> command) {
            return "docker exec id " + Shell.line(command);
          }
        };
    Broker running =
        new Running("rabbitmq", "4.1.0", "amqp://127.0.0.1:1", "docker rabbitmq:4", () -> {});
    RabbitBroker rabbit = new DockerRabbit(running, container);
    assertThat(rabbit.ctl("purge_queue", "q")).isEqualTo("done");
    assertThat(ran.get(0)).startsWith("rabbitmqctl", "-q").endsWith("purge_queue", "q");
    assertThat(rabbit.ctlCommand("purge_queue", "q"))
        .isEqualTo("docker exec id rabbitmqctl purge_queue q");
    assertThat(rabbit).hasToString("rabbitmq 4.1.0 at amqp://127.0.0.1:1 (docker rabbitmq:4)");
  }

  private static Scope unused() {
    return new Scope(new Watchdog());
  }
}
