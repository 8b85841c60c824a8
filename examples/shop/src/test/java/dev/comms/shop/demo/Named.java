package dev.comms.shop.demo;

import dev.comms.testkit.brokers.Brokers;
import io.lettuce.core.RedisClient;
import io.lettuce.core.api.StatefulRedisConnection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;

/** What on the brokers bears a run's name, as their own tools list it. */
final class Named {
  private Named() {}

  /** Topics, keys, queues and exchanges. */
  static List<Set<String>> on(DemoBrokers brokers) {
    String own = brokers.namespace() + ":";
    return List.of(
        topics(brokers),
        keys(brokers, own),
        names(own, "list_queues"),
        names(own, "list_exchanges"));
  }

  private static Set<String> topics(DemoBrokers brokers) {
    try (Admin admin = Admin.create(Map.of("bootstrap.servers", brokers.kafka().address()))) {
      return beginning(brokers.kafkaPrefix(), admin.listTopics().names().get().stream());
    } catch (Exception failure) {
      throw new IllegalStateException(failure);
    }
  }

  private static Set<String> keys(DemoBrokers brokers, String own) {
    RedisClient client = RedisClient.create(brokers.redis().address());
    try (StatefulRedisConnection<String, String> connection = client.connect()) {
      return beginning("{" + own, connection.sync().keys("*").stream());
    } finally {
      client.shutdown();
    }
  }

  private static Set<String> names(String own, String command) {
    return beginning(own, Brokers.shared().rabbit().ctl(command, "name").lines());
  }

  private static Set<String> beginning(String prefix, Stream<String> names) {
    return names.filter(name -> name.startsWith(prefix)).collect(Collectors.toSet());
  }
}
