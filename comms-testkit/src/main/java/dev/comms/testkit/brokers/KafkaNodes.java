package dev.comms.testkit.brokers;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;

/**
 * How many Kafka processes, and what is special about them. Immutable.
 *
 * <p>One node keeps one copy of everything; of three, which are brokers and controllers at once,
 * each keeps one, and a write with {@code acks=all} is confirmed by two at least.
 */
public final class KafkaNodes {

  private static final String PREFIX = "comms.";

  private final int count;
  private final List<Integer> advertised;
  private final Map<String, String> settings;

  private KafkaNodes(int count, List<Integer> advertised, Map<String, String> settings) {
    this.count = count;
    this.advertised = List.copyOf(advertised);
    this.settings = Map.copyOf(settings);
  }

  /**
   * So many nodes.
   *
   * @param count 1 or 3
   * @throws IllegalArgumentException if it is neither
   */
  public static KafkaNodes of(int count) {
    requireOneOrThree(count);
    return new KafkaNodes(count, List.of(), Map.of());
  }

  static void requireOneOrThree(int count) {
    if (count != 1 && count != 3) {
      throw new IllegalArgumentException(
          "nodes: " + count + " is neither 1 nor 3: a quorum of two is worse than one node");
    }
  }

  /**
   * The nodes tell clients these ports of 127.0.0.1 instead of their own: those of proxies that the
   * test puts before them, one per node in their order. Brokers reach each other directly.
   *
   * @throws IllegalArgumentException if these are not as many distinct ports as nodes
   */
  public KafkaNodes advertising(List<Integer> ports) {
    boolean valid = ports.stream().allMatch(port -> port > 0 && port < 1 << 16);
    if (!valid || ports.size() != count || ports.stream().distinct().count() != count) {
      throw new IllegalArgumentException(
          "advertising: "
              + ports
              + " is not one port from 1 to 65535 for each of "
              + count
              + " nodes: name a proxy's port for each");
    }
    return new KafkaNodes(count, ports, settings);
  }

  /** With this setting of the broker on every node, in the words of its configuration. */
  public KafkaNodes setting(String name, String value) {
    if (name.startsWith(PREFIX)) {
      throw new IllegalArgumentException("setting: " + name + " is no setting of Kafka");
    }
    Map<String, String> all = new TreeMap<>(settings);
    all.put(Objects.requireNonNull(name, "name"), Objects.requireNonNull(value, "value"));
    return new KafkaNodes(count, advertised, all);
  }

  int count() {
    return count;
  }

  Map<String, String> settings() {
    return settings;
  }

  /** Free ports for each node. */
  List<KafkaPorts> ports() {
    List<KafkaPorts> all = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      int clients = Ports.free();
      int told = advertised.isEmpty() ? clients : advertised.get(i);
      all.add(new KafkaPorts(i + 1, clients, Ports.free(), Ports.free(), told));
    }
    return List.copyOf(all);
  }
}
