package dev.comms.testkit.brokers;

import java.io.IOException;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.FinalizedVersionRange;
import org.apache.kafka.server.common.MetadataVersion;

/** A Kafka cluster that {@code COMMS_KAFKA_SERVERS} names. */
final class OutsideKafka {

  private static final int MILLIS = 5_000;

  private OutsideKafka() {}

  static Broker reach(String value) {
    Outside named = new Outside("kafka", "COMMS_KAFKA_SERVERS", value);
    List<URI> servers = servers(named);
    // a plain connection first: the client would write a warning for each of its vain attempts
    named.await(() -> anyOf(servers));
    String version = named.await(() -> version(value.strip()));
    return new Running("kafka", version, value.strip(), named.variable(), () -> {});
  }

  private static List<URI> servers(Outside named) {
    List<URI> all = new ArrayList<>();
    for (String server : named.value().strip().split("\\s*,\\s*", -1)) {
      URI uri = Hosts.parse("kafka://" + server, "kafka", "kafka");
      if (uri == null || uri.getPort() < 0 || !uri.getRawAuthority().equals(server)) {
        throw named.malformed("a list such as host1:9092,host2:9092");
      }
      all.add(uri);
    }
    return all;
  }

  private static URI anyOf(List<URI> servers) throws IOException {
    IOException last = new IOException("no server named");
    for (URI server : servers) {
      try {
        Hosts.connect(server.getHost(), server.getPort(), false).close();
        return server;
      } catch (IOException e) {
        last = e;
      }
    }
    throw last;
  }

  /** The release of the finalised metadata level: the protocol carries no other version. */
  static String version(String servers)
      throws ExecutionException, InterruptedException, TimeoutException, IOException {
    Map<String, Object> settings =
        Map.of(
            "bootstrap.servers",
            servers,
            "client.id",
            "comms-testkit",
            "request.timeout.ms",
            MILLIS,
            "default.api.timeout.ms",
            MILLIS);
    try (Admin admin = Admin.create(settings)) {
      if (admin.describeCluster().nodes().get(MILLIS, TimeUnit.MILLISECONDS).isEmpty()) {
        throw new IOException("it knows no broker yet");
      }
      FinalizedVersionRange level =
          admin
              .describeFeatures()
              .featureMetadata()
              .get(MILLIS, TimeUnit.MILLISECONDS)
              .finalizedFeatures()
              .get("metadata.version");
      return level == null ? "without KRaft" : release(level.maxVersionLevel());
    }
  }

  private static String release(short level) {
    try {
      return MetadataVersion.fromFeatureLevel(level).version();
    } catch (IllegalArgumentException | LinkageError unknown) {
      return "metadata level " + level;
    }
  }
}
