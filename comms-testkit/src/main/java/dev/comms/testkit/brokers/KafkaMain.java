package dev.comms.testkit.brokers;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Properties;
import kafka.server.KafkaRaftServer;

/**
 * The program of a Kafka node's own process. It formats its folder at its first start, and says in
 * a file named after its process that it serves.
 */
final class KafkaMain {

  static final String SETTINGS = "server.properties";
  static final String CLUSTER = "comms.cluster";

  private KafkaMain() {}

  public static void main(String[] args) throws Exception {
    Path folder = Path.of(args[0]);
    Properties settings = new Properties();
    try (Reader reader = Files.newBufferedReader(folder.resolve(SETTINGS), UTF_8)) {
      settings.load(reader);
    }
    String cluster = String.valueOf(settings.remove(CLUSTER));
    if (!Files.exists(Path.of(settings.getProperty("log.dirs"), "meta.properties"))) {
      EmbeddedKafka.format(settings, cluster);
    }
    KafkaRaftServer server = EmbeddedKafka.server(settings);
    Runtime.getRuntime().addShutdownHook(new Thread(server::shutdown, "comms-kafka-end"));
    // returns once the controllers let clients come to this broker
    server.startup();
    Path half = Files.createTempFile(folder, "ready", ".half");
    Files.writeString(half, EmbeddedKafka.version(node(settings)));
    Path ready = ready(folder, ProcessHandle.current().pid());
    Files.move(half, ready, StandardCopyOption.REPLACE_EXISTING);
    server.awaitShutdown();
  }

  private static int node(Properties settings) {
    return Integer.parseInt(settings.getProperty("node.id"));
  }

  /** The file in which this process says its version once it serves. */
  static Path ready(Path folder, long pid) {
    return folder.resolve("ready." + pid);
  }
}
