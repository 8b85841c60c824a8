package dev.comms.kafka;

import dev.comms.kafka.KafkaConfig.Protocol;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The rules of the settings; each error names the setting, the value, the rule and the fix. */
final class ConfigCheck {
  private static final Pattern SERVER =
      Pattern.compile("(?:[a-zA-Z0-9._-]+|\\[[0-9a-fA-F:.%]+]):([0-9]{1,5})");
  private static final Pattern PREFIX = Pattern.compile("[a-zA-Z0-9._-]{0,60}");
  private static final Duration SHORTEST_CONFIRM = Duration.ofMillis(100);
  private static final Duration LONGEST_CONFIRM = Duration.ofMinutes(10);

  /** What this library decides, since its promises rest on it. */
  private static final Set<String> OURS =
      Set.of(
          "bootstrap.servers",
          "key.serializer",
          "value.serializer",
          "key.deserializer",
          "value.deserializer",
          "enable.auto.commit",
          "allow.auto.create.topics",
          "auto.offset.reset",
          "group.id",
          "group.protocol",
          "partition.assignment.strategy",
          "isolation.level",
          "acks",
          "enable.idempotence",
          "max.in.flight.requests.per.connection",
          "retries",
          "delivery.timeout.ms",
          "request.timeout.ms",
          "default.api.timeout.ms",
          "max.block.ms",
          "linger.ms",
          "buffer.memory",
          "transactional.id",
          "partitioner.class",
          "partitioner.ignore.keys");

  /** Refused by the client itself together with {@code group.protocol=consumer}. */
  private static final Set<String> CLASSIC_ONLY =
      Set.of("session.timeout.ms", "heartbeat.interval.ms");

  private ConfigCheck() {}

  static List<String> errors(
      @Nullable String servers,
      @Nullable Duration confirmedWithin,
      @Nullable String prefix,
      int partitions,
      Protocol protocol,
      @Nullable Duration revokeWithin,
      Map<String, String> properties) {
    List<String> errors = new ArrayList<>();
    servers(servers, errors);
    between("confirmedWithin", confirmedWithin, SHORTEST_CONFIRM, LONGEST_CONFIRM, errors);
    if (prefix == null || !PREFIX.matcher(prefix).matches()) {
      errors.add(
          "prefix is '"
              + prefix
              + "' but must be at most 60 of [a-zA-Z0-9._-], as topic names are");
    }
    if (partitions < 1 || partitions > 10_000) {
      errors.add("partitions is " + partitions + " but must be 1 to 10000");
    }
    if (revokeWithin != null) {
      between("revokeWithin", revokeWithin, Duration.ofMillis(1), Duration.ofMinutes(5), errors);
    }
    properties.keySet().stream().sorted().forEach(name -> property(name, protocol, errors));
    String interval = properties.get("max.poll.interval.ms");
    if (interval != null && !interval.matches("[1-9][0-9]{0,8}")) {
      errors.add("client property max.poll.interval.ms must be a number of milliseconds");
    }
    String size = properties.get("max.request.size");
    if (size != null && !size.matches("[1-9][0-9]{0,8}")) {
      errors.add(
          "client property max.request.size must be the largest event's number of bytes, at most"
              + " 999999999");
    }
    return errors;
  }

  private static void servers(@Nullable String servers, List<String> errors) {
    if (servers == null || servers.isBlank()) {
      errors.add("servers is empty; name the bootstrap servers as host:port,host:port");
      return;
    }
    if (servers.indexOf('@') >= 0) {
      // Not shown: what stands before the sign could be a password.
      errors.add(
          "servers contains '@'; write host:port only, and the user and password as the client"
              + " property sasl.jaas.config");
      return;
    }
    for (String server : servers.split(",", -1)) {
      var parts = SERVER.matcher(server.strip());
      if (!parts.matches() || port(parts.group(1)) < 1 || port(parts.group(1)) > 65_535) {
        errors.add(
            "server '"
                + shown(server.strip())
                + "' is not host:port with a port of 1 to 65535; write for example"
                + " broker-1:9092,broker-2:9092");
      }
    }
  }

  private static int port(String digits) {
    return Integer.parseInt(digits);
  }

  private static void between(
      String name, @Nullable Duration value, Duration least, Duration most, List<String> errors) {
    if (value == null || value.compareTo(least) < 0 || value.compareTo(most) > 0) {
      errors.add(name + " is " + value + " but must be " + least + " to " + most);
    }
  }

  private static void property(String name, Protocol protocol, List<String> errors) {
    if (OURS.contains(name)) {
      errors.add(
          "client property " + name + " is decided by comms; remove it or use the named setting");
    } else if (protocol == Protocol.CONSUMER && CLASSIC_ONLY.contains(name)) {
      errors.add(
          "client property " + name + " is the broker's to set under protocol CONSUMER; remove it");
    }
  }

  private static String shown(String server) {
    String text = server.replaceAll("\\p{Cntrl}", "?");
    return text.length() > 60 ? text.substring(0, 60) + "..." : text;
  }
}
