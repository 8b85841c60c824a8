package dev.comms.testkit.brokers;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** RabbitMQ nodes with one port mapper, one cookie, and a folder and ports for each. */
final class RabbitProcesses extends ProcessNodes<RabbitProcess> implements RabbitCluster {

  private static final Duration START = Duration.ofMinutes(2);

  private RabbitProcesses(List<RabbitProcess> nodes, Formed formed, Scope scope) {
    super("rabbitmq", addresses(nodes), nodes, START, formed, scope);
  }

  static RabbitCluster start(
      RabbitInstall install, int count, Path folder, Map<String, String> inherited, Scope scope)
      throws IOException {
    List<RabbitFiles> all = files(folder, count);
    RabbitFiles first = all.get(0);
    RabbitNode.startMapper(install, first, first.environment(inherited), scope);
    List<RabbitProcess> nodes = new ArrayList<>();
    for (RabbitFiles files : all) {
      URI uri = URI.create("amqp://127.0.0.1:" + files.port());
      ProcessNode.Plan plan = plan(install, "rabbit-" + (nodes.size() + 1), uri, files, inherited);
      nodes.add(new RabbitProcess(install, files, plan, child -> AmqpGreeting.version(uri), scope));
    }
    RabbitProcesses cluster = new RabbitProcesses(nodes, () -> formed(nodes.get(0), count), scope);
    cluster.start();
    return cluster;
  }

  private static List<RabbitFiles> files(Path folder, int count) throws IOException {
    int mapperPort = Ports.free();
    List<RabbitFiles> all = new ArrayList<>();
    for (int number = 1; number <= count; number++) {
      all.add(RabbitFiles.of(Folders.make(folder.resolve("node-" + number)), mapperPort));
    }
    String cookie = RabbitFiles.cookie();
    List<String> names = all.stream().map(RabbitFiles::node).toList();
    for (RabbitFiles files : all) {
      files.write(cookie, count == 1 ? List.of() : names);
    }
    return all;
  }

  private static ProcessNode.Plan plan(
      RabbitInstall install,
      String name,
      URI uri,
      RabbitFiles files,
      Map<String, String> inherited) {
    return new ProcessNode.Plan(
        "rabbitmq",
        name,
        uri.toString(),
        files.port(),
        files.folder(),
        List.of(install.server().toString()),
        files.environment(inherited),
        List.of(files.console(), files.log()),
        START);
  }

  /** Fails unless so many nodes run as one cluster. */
  private static void formed(RabbitProcess any, int count) {
    if (count > 1) {
      any.ctl("await_online_nodes", String.valueOf(count), "--timeout", "30");
    }
  }
}
