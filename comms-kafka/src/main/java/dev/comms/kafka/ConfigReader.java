package dev.comms.kafka;

import dev.comms.contract.CommsException.Misconfigured;
import dev.comms.kafka.KafkaConfig.Protocol;
import dev.comms.kafka.KafkaConfig.Topics;
import java.time.Duration;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Settings from text: a map, properties or the environment. */
final class ConfigReader {
  private static final String CLIENT = "client.";
  private static final String VARIABLE = "COMMS_KAFKA_";
  private static final Set<String> KEYS =
      Set.of(
          "servers",
          "confirmed-within",
          "prefix",
          "topics",
          "partitions",
          "protocol",
          "revoke-within");

  private final Map<String, String> values;
  private final List<String> errors = new ArrayList<>();

  private ConfigReader(Map<String, String> values) {
    this.values = values;
  }

  static KafkaConfig fromMap(Map<String, String> values) {
    return new ConfigReader(values).read();
  }

  static KafkaConfig fromEnvironment(Map<String, String> environment) {
    Map<String, String> values = new HashMap<>();
    environment.forEach(
        (variable, value) -> {
          if (variable.startsWith(VARIABLE)) {
            String name = variable.substring(VARIABLE.length()).toLowerCase(Locale.ROOT);
            boolean client = name.startsWith("client_");
            values.put(client ? name.replace('_', '.') : name.replace('_', '-'), value);
          }
        });
    return fromMap(values);
  }

  private KafkaConfig read() {
    Map<String, String> client = new HashMap<>();
    for (Map.Entry<String, String> value : values.entrySet()) {
      if (value.getKey().startsWith(CLIENT)) {
        client.put(value.getKey().substring(CLIENT.length()), value.getValue());
      } else if (!KEYS.contains(value.getKey())) {
        errors.add(
            "unknown setting '"
                + value.getKey()
                + "'; known are "
                + KEYS.stream().sorted().toList());
      }
    }
    Duration confirmed = duration("confirmed-within");
    Duration revoke = duration("revoke-within");
    int partitions = number("partitions", 1);
    Protocol protocol = choice("protocol", Protocol.class, Protocol.CLASSIC);
    Topics topics = choice("topics", Topics.class, Topics.VERIFY);
    String servers = values.get("servers");
    String prefix = values.getOrDefault("prefix", "");
    if (!values.containsKey("confirmed-within")) {
      errors.add("confirmed-within is missing; name how long a confirm may take, such as PT5S");
    }
    // A value that could not be read stands in as a legal one here: its error is in the list.
    Duration limit = confirmed == null ? Duration.ofSeconds(1) : confirmed;
    errors.addAll(ConfigCheck.errors(servers, limit, prefix, partitions, protocol, revoke, client));
    if (!errors.isEmpty() || servers == null) {
      throw new Misconfigured("kafka", String.join("; ", errors));
    }
    return new KafkaConfig(servers, limit, prefix, topics, partitions, protocol, revoke, client);
  }

  private @Nullable Duration duration(String key) {
    String text = values.get(key);
    if (text == null) {
      return null;
    }
    try {
      return Duration.parse(text.strip());
    } catch (DateTimeParseException wrong) {
      errors.add(key + " is '" + text + "' but must be an ISO 8601 duration such as PT5S");
      return null;
    }
  }

  private int number(String key, int otherwise) {
    String text = values.get(key);
    if (text == null) {
      return otherwise;
    }
    try {
      return Integer.parseInt(text.strip());
    } catch (NumberFormatException wrong) {
      errors.add(key + " is '" + text + "' but must be a whole number");
      return otherwise;
    }
  }

  private <E extends Enum<E>> E choice(String key, Class<E> type, E otherwise) {
    String text = values.get(key);
    if (text == null) {
      return otherwise;
    }
    for (E known : type.getEnumConstants()) {
      if (known.name().equalsIgnoreCase(text.strip())) {
        return known;
      }
    }
    List<String> names =
        List.of(type.getEnumConstants()).stream()
            .map(known -> known.name().toLowerCase(Locale.ROOT))
            .toList();
    errors.add(key + " is '" + text + "' but must be one of " + names);
    return otherwise;
  }
}
