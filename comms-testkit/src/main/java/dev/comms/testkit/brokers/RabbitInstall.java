package dev.comms.testkit.brokers;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * An installed RabbitMQ: its scripts and Erlang's port mapper.
 *
 * <p>The scripts of {@code /usr/lib/rabbitmq/bin} come first: those that Debian puts on the path
 * switch to the user {@code rabbitmq} when called by root, and refuse everybody else.
 */
record RabbitInstall(Path server, Path ctl, Path epmd) {

  private static final List<Path> SCRIPTS =
      List.of(
          Path.of("/usr/lib/rabbitmq/bin"),
          Path.of("/opt/homebrew/opt/rabbitmq/sbin"),
          Path.of("/usr/local/opt/rabbitmq/sbin"));

  static Optional<RabbitInstall> find(List<Path> path) {
    return find(SCRIPTS, path);
  }

  static Optional<RabbitInstall> find(List<Path> scripts, List<Path> path) {
    Optional<Path> epmd = Programs.find("epmd", path);
    return Stream.concat(scripts.stream(), path.stream())
        .filter(folder -> Files.isExecutable(folder.resolve("rabbitmq-server")))
        .filter(folder -> Files.isExecutable(folder.resolve("rabbitmqctl")))
        .findFirst()
        .flatMap(
            folder ->
                epmd.map(
                    mapper ->
                        new RabbitInstall(
                            folder.resolve("rabbitmq-server"),
                            folder.resolve("rabbitmqctl"),
                            mapper)));
  }

  static BrokerUnavailable noneForNodes() {
    return new BrokerUnavailable(
        "rabbitmq: no rabbitmq-server with its epmd is installed: run ./comms test, or apt-get"
            + " install -y --no-install-recommends rabbitmq-server");
  }

  static BrokerUnavailable none() {
    return new BrokerUnavailable(
        "rabbitmq: COMMS_RABBIT_URI is not set and no rabbitmq-server with its epmd is installed:"
            + " run ./comms test, or apt-get install -y --no-install-recommends rabbitmq-server,"
            + " or set COMMS_RABBIT_URI");
  }
}
