package dev.comms.testkit.brokers;

import com.github.dockerjava.api.command.CreateContainerCmd;
import com.github.dockerjava.api.model.ExposedPort;
import com.github.dockerjava.api.model.HostConfig;
import com.github.dockerjava.api.model.PortBinding;
import com.github.dockerjava.api.model.Ports.Binding;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.testcontainers.containers.Container.ExecResult;
import org.testcontainers.containers.GenericContainer;
import org.testcontainers.containers.wait.strategy.WaitStrategy;
import org.testcontainers.containers.wait.strategy.WaitStrategyTarget;
import org.testcontainers.utility.DockerImageName;

/** The only file that knows Testcontainers: runs one container. */
final class DockerContainer implements Containers.Container {

  private static final Duration STOP = Duration.ofSeconds(5);

  private final GenericContainer<?> container;
  private final String engine;
  private final String id;

  private DockerContainer(GenericContainer<?> container, String engine) {
    this.container = container;
    this.engine = engine;
    id = container.getContainerId();
  }

  static DockerContainer start(Containers.Plan plan, String engine, Scope scope) {
    DockerImageName image = DockerImageName.parse(plan.image());
    image.assertValid();
    GenericContainer<?> container =
        new GenericContainer<>(image)
            .withEnv(plan.environment())
            .withCreateContainerCmdModifier(command -> publish(command, plan))
            .waitingFor(new Unawaited());
    if (!plan.command().isEmpty()) {
      container.setCommand(plan.command().toArray(String[]::new));
    }
    scope.own(() -> stop(container));
    container.start();
    // a close during the start may have come before there was anything to end
    scope.own(() -> stop(container));
    return new DockerContainer(container, engine);
  }

  /** On the loopback address alone: Testcontainers by itself opens its ports to the network. */
  private static void publish(CreateContainerCmd command, Containers.Plan plan) {
    ExposedPort inside = ExposedPort.tcp(plan.inside());
    HostConfig host = Objects.requireNonNull(command.getHostConfig(), "host config");
    host.withPortBindings(
        new PortBinding(Binding.bindIpAndPort("127.0.0.1", plan.outside()), inside));
    command.withExposedPorts(inside);
  }

  private static void stop(GenericContainer<?> container) {
    Scope.within(STOP, "comms-docker-stop", container::stop);
  }

  @Override
  public boolean alive() {
    try {
      return container.isRunning();
    } catch (RuntimeException gone) {
      return false;
    }
  }

  @Override
  public String log() {
    try {
      return Child.tail(container.getLogs().lines().toList());
    } catch (RuntimeException gone) {
      return "";
    }
  }

  @Override
  public String exec(List<String> command) {
    try {
      ExecResult result = container.execInContainer(command.toArray(String[]::new));
      if (result.getExitCode() != 0) {
        String output = (result.getStdout() + result.getStderr()).strip();
        throw new IllegalStateException(
            command.get(0)
                + " "
                + command.subList(1, command.size())
                + " ended with exit code "
                + result.getExitCode()
                + ": "
                + output);
      }
      return result.getStdout();
    } catch (IOException e) {
      throw new UncheckedIOException(command + " could not be run", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("the wait for " + command + " was interrupted", e);
    }
  }

  @Override
  public String execCommand(List<String> command) {
    List<String> words = new ArrayList<>(List.of("docker", "-H", engine, "exec", id));
    words.addAll(command);
    return Shell.line(words);
  }

  /** Readiness is asked of the server itself, by the same handshake as for every other source. */
  private static final class Unawaited implements WaitStrategy {

    @Override
    public void waitUntilReady(WaitStrategyTarget target) {
      // see above
    }

    @Override
    public WaitStrategy withStartupTimeout(Duration limit) {
      return this;
    }
  }
}
