package dev.comms.testkit.brokers;

import java.util.Optional;

/** Containers of a Docker engine of this machine, run by Testcontainers if that is there. */
final class Docker implements Containers {

  private final DockerEngine engine;

  Docker(DockerEngine engine) {
    this.engine = engine;
  }

  /**
   * The engine of this process: Testcontainers looks into the process's environment too, whatever a
   * set of brokers was given.
   */
  static Docker ofThisProcess() {
    return new Docker(new DockerEngine(System.getenv(), System.getProperty("user.home", "")));
  }

  @Override
  public Optional<String> advice() {
    if (!library()) {
      return Optional.of(
          "add org.testcontainers:testcontainers with test scope where a Docker engine answers");
    }
    if (engine.answering().isEmpty()) {
      return Optional.of(
          "start a Docker engine on this machine (none answers at "
              + engine.candidates().get(0)
              + ")");
    }
    return Optional.empty();
  }

  private static boolean library() {
    try {
      Class.forName(
          "org.testcontainers.containers.GenericContainer", false, Docker.class.getClassLoader());
      return true;
    } catch (ClassNotFoundException | LinkageError missing) {
      return false;
    }
  }

  @Override
  public Container run(Plan plan, Scope scope) {
    String address = engine.answering().orElse(engine.candidates().get(0));
    return DockerContainer.start(plan, address, scope);
  }
}
