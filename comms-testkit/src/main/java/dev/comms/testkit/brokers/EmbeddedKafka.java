package dev.comms.testkit.brokers;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.OutputStream;
import java.io.PrintStream;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Properties;
import java.util.concurrent.atomic.AtomicInteger;
import javax.management.JMException;
import javax.management.ObjectName;
import kafka.server.KafkaConfig;
import kafka.server.KafkaRaftServer;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.utils.Time;
import org.apache.kafka.metadata.storage.Formatter;
import org.apache.kafka.server.common.MetadataVersion;

/**
 * A Kafka broker and controller inside this JVM. The only file that knows the server's internal
 * classes, which may move with each minor release of Kafka.
 */
final class EmbeddedKafka {

  private static final Duration STOP = Duration.ofSeconds(3);

  /** Brokers of one JVM register a bean by their node id, so each has one of its own. */
  private static final AtomicInteger NODES = new AtomicInteger();

  private EmbeddedKafka() {}

  static Broker start(Path folder, Scope scope) {
    int node = NODES.incrementAndGet();
    int port = Ports.free();
    try {
      Properties settings =
          KafkaSettings.of(node, port, Ports.free(), folder.resolve("data").toString());
      format(settings, Uuid.randomUuid().toString());
      KafkaFaults.keepJvmAlive();
      KafkaRaftServer server = server(settings);
      scope.own(() -> Scope.within(STOP, "comms-kafka-stop", () -> stop(server)));
      server.startup();
      return new Running("kafka", version(node), "127.0.0.1:" + port, "embedded", scope::close);
    } catch (Exception e) {
      throw Failures.start("kafka", "the broker on port " + port, Secrets.reason(e), "", e);
    }
  }

  static void format(Properties settings, String cluster) throws Exception {
    String data = settings.getProperty("log.dirs");
    new Formatter()
        .setPrintStream(new PrintStream(OutputStream.nullOutputStream(), false, UTF_8))
        .setNodeId(Integer.parseInt(settings.getProperty("node.id")))
        .setClusterId(cluster)
        .addDirectory(data)
        .setMetadataLogDirectory(data)
        .setControllerListenerName(settings.getProperty("controller.listener.names"))
        .setReleaseVersion(MetadataVersion.latestProduction())
        .run();
  }

  static KafkaRaftServer server(Properties settings) {
    return new KafkaRaftServer(KafkaConfig.fromProps(settings, false), Time.SYSTEM);
  }

  static void stop(KafkaRaftServer server) {
    server.shutdown();
    server.awaitShutdown();
  }

  static String version(int node) throws JMException {
    ObjectName bean = new ObjectName("kafka.server:type=app-info,id=" + node);
    return String.valueOf(ManagementFactory.getPlatformMBeanServer().getAttribute(bean, "Version"));
  }
}
