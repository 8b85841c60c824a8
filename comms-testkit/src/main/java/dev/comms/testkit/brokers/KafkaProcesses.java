package dev.comms.testkit.brokers;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.Uuid;

/** Kafka nodes as processes of their own: this JVM's java with this JVM's class path. */
final class KafkaProcesses {

  private static final Duration START = Duration.ofMinutes(2);
  private static final int MILLIS = 10_000;

  /** Small, and quick to be there rather than quick in the long run. */
  private static final List<String> JVM =
      List.of(
          "-Xms64m",
          "-Xmx256m",
          "-XX:+UseSerialGC",
          "-XX:TieredStopAtLevel=1",
          "-XX:-UsePerfData",
          "-Xshare:auto",
          "-Dorg.slf4j.simpleLogger.defaultLogLevel=warn");

  private KafkaProcesses() {}

  static BrokerNodes start(
      KafkaNodes wanted, Path folder, Map<String, String> environment, Scope scope) {
    List<KafkaPorts> ports = wanted.ports();
    String cluster = Uuid.randomUuid().toString();
    List<ProcessNode> nodes = new ArrayList<>();
    for (KafkaPorts own : ports) {
      Path home = Folders.make(folder.resolve("node-" + own.node()));
      Properties settings = KafkaSettings.ofProcess(own, ports, home.resolve("data").toString());
      settings.setProperty(KafkaMain.CLUSTER, cluster);
      settings.putAll(wanted.settings());
      write(home.resolve(KafkaMain.SETTINGS), settings);
      nodes.add(
          new ProcessNode(plan(own, home, environment), child -> version(home, child), scope));
    }
    ProcessNodes<ProcessNode> all =
        new ProcessNodes<>(
            "kafka", ProcessNodes.addresses(nodes), nodes, START, () -> formed(ports), scope);
    all.start();
    return all;
  }

  private static ProcessNode.Plan plan(KafkaPorts own, Path home, Map<String, String> environment) {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(JVM);
    command.addAll(List.of("-cp", absolute(System.getProperty("java.class.path"))));
    command.addAll(List.of(KafkaMain.class.getName(), home.toString()));
    return new ProcessNode.Plan(
        "kafka",
        "kafka-" + own.node(),
        "127.0.0.1:" + own.advertised(),
        own.clients(),
        home,
        command,
        environment,
        List.of(home.resolve("kafka.log")),
        START);
  }

  /** The other process has another working folder. */
  static String absolute(String classPath) {
    return Arrays.stream(classPath.split(File.pathSeparator))
        .map(entry -> Path.of(entry).toAbsolutePath().toString())
        .collect(Collectors.joining(File.pathSeparator));
  }

  private static String version(Path home, Child child) throws IOException {
    Path ready = KafkaMain.ready(home, child.pid());
    if (!Files.exists(ready)) {
      throw new IOException("it has not joined its quorum yet");
    }
    return Files.readString(ready);
  }

  /** Fails unless every broker knows every other one. */
  private static void formed(List<KafkaPorts> ports) throws Exception {
    for (KafkaPorts asked : ports) {
      // past the proxies, which need not be there yet
      Map<String, Object> settings =
          Map.of(
              "bootstrap.servers",
              "127.0.0.1:" + asked.internal(),
              "client.id",
              "comms-testkit",
              "request.timeout.ms",
              MILLIS,
              "default.api.timeout.ms",
              MILLIS);
      try (Admin admin = Admin.create(settings)) {
        int known = admin.describeCluster().nodes().get(MILLIS, TimeUnit.MILLISECONDS).size();
        if (known != ports.size()) {
          throw new IOException("node " + asked.node() + " knows " + known + " nodes yet");
        }
      }
    }
  }

  private static void write(Path file, Properties settings) {
    try (Writer writer = Files.newBufferedWriter(file, UTF_8)) {
      settings.store(writer, null);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
