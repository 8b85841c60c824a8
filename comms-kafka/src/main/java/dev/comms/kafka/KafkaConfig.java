package dev.comms.kafka;

import dev.comms.contract.CommsException.Misconfigured;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * How a Kafka transport is set up. Immutable; every change is a copy, and every copy is checked:
 * all errors are told at once.
 *
 * @param servers bootstrap servers, {@code host:port,host:port}
 * @param confirmedWithin how long the broker's confirm of one event may take: 100 ms to 10 min
 * @param prefix stands before every topic and group name, to share a cluster; may be empty
 * @param topics whether missing topics are refused or created
 * @param partitions how many partitions a created topic gets: 1 to 10,000
 * @param protocol how groups share partitions
 * @param revokeWithin how long a rebalance waits for what is being handled, or null for the lesser
 *     of 10 s and half of {@code max.poll.interval.ms}
 * @param properties the client's own settings, for TLS and SASL; those that this library must
 *     decide are refused. Values are never shown.
 */
public record KafkaConfig(
    String servers,
    Duration confirmedWithin,
    String prefix,
    Topics topics,
    int partitions,
    Protocol protocol,
    @Nullable Duration revokeWithin,
    Map<String, String> properties) {

  /** What happens when a topic is missing. */
  public enum Topics {
    /** The start fails and names it. */
    VERIFY,
    /** It is created with the broker's replication factor. */
    CREATE
  }

  /** How groups share partitions. */
  public enum Protocol {
    /** The group protocol of all brokers, with the cooperative sticky assignor. */
    CLASSIC,
    /** The protocol of KIP-848; needs brokers whose feature {@code group.version} is 1. */
    CONSUMER
  }

  /**
   * Checks everything.
   *
   * @throws Misconfigured naming every error and its fix
   */
  public KafkaConfig {
    properties = Map.copyOf(properties);
    List<String> errors =
        ConfigCheck.errors(
            servers, confirmedWithin, prefix, partitions, protocol, revokeWithin, properties);
    if (!errors.isEmpty()) {
      throw new Misconfigured("kafka", String.join("; ", errors));
    }
  }

  /** First stage: where the brokers are. */
  public static At at(String servers) {
    return new At(servers);
  }

  /** Settings that still lack their limit, and therefore are none yet. */
  public static final class At {
    private final String servers;

    private At(String servers) {
      this.servers = servers;
    }

    /** Names how long a confirm may take. */
    public KafkaConfig confirmedWithin(Duration limit) {
      return new KafkaConfig(
          servers, limit, "", Topics.VERIFY, 1, Protocol.CLASSIC, null, Map.of());
    }
  }

  /**
   * From text, as in a properties file. Keys: {@code servers}, {@code confirmed-within} (ISO 8601,
   * {@code PT5S}), {@code prefix}, {@code topics} ({@code verify} or {@code create}), {@code
   * partitions}, {@code protocol} ({@code classic} or {@code consumer}), {@code revoke-within};
   * keys that begin with {@code client.} are passed on to the client without that word.
   */
  public static KafkaConfig from(Map<String, String> values) {
    return ConfigReader.fromMap(values);
  }

  /**
   * From the environment: {@code COMMS_KAFKA_SERVERS}, {@code COMMS_KAFKA_CONFIRMED_WITHIN} and so
   * on, as in {@link #from}; {@code COMMS_KAFKA_CLIENT_SECURITY_PROTOCOL} becomes {@code
   * security.protocol}.
   */
  public static KafkaConfig fromEnvironment(Map<String, String> environment) {
    return ConfigReader.fromEnvironment(environment);
  }

  public KafkaConfig prefix(String text) {
    return new KafkaConfig(
        servers, confirmedWithin, text, topics, partitions, protocol, revokeWithin, properties);
  }

  /** The same, but missing topics are created with so many partitions. */
  public KafkaConfig creatingTopics(int count) {
    return new KafkaConfig(
        servers, confirmedWithin, prefix, Topics.CREATE, count, protocol, revokeWithin, properties);
  }

  public KafkaConfig protocol(Protocol choice) {
    return new KafkaConfig(
        servers, confirmedWithin, prefix, topics, partitions, choice, revokeWithin, properties);
  }

  public KafkaConfig revokeWithin(Duration limit) {
    return new KafkaConfig(
        servers, confirmedWithin, prefix, topics, partitions, protocol, limit, properties);
  }

  /**
   * The same with one more setting of the client's own. {@code max.request.size} is the largest
   * event that is published, in bytes of key, headers and body before compression; 1,000,000
   * without it.
   */
  public KafkaConfig property(String name, String value) {
    Map<String, String> more = new HashMap<>(properties);
    more.put(name, value);
    return new KafkaConfig(
        servers, confirmedWithin, prefix, topics, partitions, protocol, revokeWithin, more);
  }

  /** Shows no value of a client property: passwords and keys are among them. */
  @Override
  public String toString() {
    return "kafka "
        + servers
        + " (confirmed within "
        + confirmedWithin
        + ", prefix '"
        + prefix
        + "', topics "
        + topics
        + ", partitions "
        + partitions
        + ", protocol "
        + protocol
        + ", client properties "
        + properties.keySet().stream().sorted().toList()
        + ")";
  }
}
