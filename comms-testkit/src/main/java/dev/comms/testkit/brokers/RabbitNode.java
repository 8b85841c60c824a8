package dev.comms.testkit.brokers;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/**
 * A private RabbitMQ node with a port mapper, cookie, ports and folders of its own; a system's node
 * on 5672 and its mapper on 4369 are never touched.
 */
final class RabbitNode implements RabbitBroker {

  private static final Duration START = Duration.ofSeconds(60);
  private static final Duration STOP = Duration.ofSeconds(3);
  private static final Duration MAPPER_STOP = Duration.ofMillis(500);

  private final RabbitFiles files;
  private final RabbitInstall install;
  private final Map<String, String> environment;
  private final URI uri;
  private final String version;
  private final Scope scope;

  private RabbitNode(
      RabbitFiles files,
      RabbitInstall install,
      Map<String, String> environment,
      URI uri,
      String version,
      Scope scope) {
    this.files = files;
    this.install = install;
    this.environment = environment;
    this.uri = uri;
    this.version = version;
    this.scope = scope;
  }

  static RabbitBroker start(
      RabbitInstall install, Path folder, Map<String, String> inherited, Scope scope)
      throws IOException {
    RabbitFiles files = RabbitFiles.write(folder);
    Map<String, String> environment = files.environment(inherited);
    startMapper(install, files, environment, scope);
    List<String> command = List.of(install.server().toString());
    Child node = scope.start(folder, files.console(), command, environment, STOP);
    URI uri = URI.create("amqp://127.0.0.1:" + files.port());
    try {
      String version = Readiness.await(START, node::alive, () -> AmqpGreeting.version(uri));
      return new RabbitNode(files, install, environment, uri, version, scope);
    } catch (Readiness.NotReady e) {
      String log = Child.tail(files.log()) + "\n" + node.tail();
      throw Failures.start(
          "rabbitmq", install.server().toString(), files.port(), node, log.strip(), e);
    }
  }

  /**
   * Started here, in the foreground: the mapper that a node starts by itself detaches, outlives the
   * node, and cannot be told from others.
   */
  static void startMapper(
      RabbitInstall install, RabbitFiles files, Map<String, String> environment, Scope scope)
      throws IOException {
    String port = String.valueOf(files.mapperPort());
    List<String> command =
        List.of(install.epmd().toString(), "-port", port, "-address", "127.0.0.1");
    Path log = files.folder().resolve("epmd.log");
    Child mapper = scope.start(files.folder(), log, command, environment, MAPPER_STOP);
    try {
      Readiness.await(
          START,
          mapper::alive,
          () -> {
            Hosts.connect("127.0.0.1", files.mapperPort(), false).close();
            return port;
          });
    } catch (Readiness.NotReady e) {
      throw Failures.start(
          "rabbitmq", install.epmd().toString(), files.mapperPort(), mapper, mapper.tail(), e);
    }
  }

  @Override
  public String kind() {
    return "rabbitmq";
  }

  @Override
  public String version() {
    return version;
  }

  @Override
  public String address() {
    return uri.toString();
  }

  @Override
  public String origin() {
    return "private node";
  }

  @Override
  public String ctl(String... arguments) {
    return RabbitCtl.run(install.ctl(), files, environment, List.of(arguments), scope);
  }

  @Override
  public String ctlCommand(String... arguments) {
    return RabbitCtl.line(install.ctl(), files, List.of(arguments));
  }

  @Override
  public void close() {
    scope.close();
  }

  @Override
  public String toString() {
    return Running.text(this);
  }
}
