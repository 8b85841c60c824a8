package dev.comms.torture;

import dev.comms.testkit.history.History;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;

/**
 * Looks from outside, on its thread {@code torture-positions}, where the groups stand, and writes
 * it down. While the broker is away there is nothing to see.
 */
final class Positions implements AutoCloseable {
  private static final long BETWEEN_MILLIS = 200;
  private static final int LIMIT_SECONDS = 10;

  private final Admin admin;
  private final String prefix;
  private final String event;
  private final List<String> groups;
  private final int partitions;
  private final History history;
  private final Set<String> seen = ConcurrentHashMap.newKeySet();
  private final Thread thread = new Thread(this::run, "torture-positions");

  Positions(
      String servers,
      String prefix,
      String event,
      List<String> groups,
      int partitions,
      History history) {
    this.admin =
        Admin.create(
            Map.of(
                "bootstrap.servers",
                servers,
                "reconnect.backoff.max.ms",
                200,
                "client.id",
                "torture-positions"));
    this.prefix = prefix;
    this.event = event;
    this.groups = groups;
    this.partitions = partitions;
    this.history = history;
    thread.setDaemon(true);
    thread.start();
  }

  private void run() {
    try {
      while (true) {
        for (String group : groups) {
          look(group);
        }
        Thread.sleep(BETWEEN_MILLIS);
      }
    } catch (InterruptedException end) {
      Thread.currentThread().interrupt();
    }
  }

  private void look(String group) throws InterruptedException {
    try {
      committed(group)
          .forEach(
              (partition, offset) -> {
                seen.add(group);
                history.commit(event, group, partition.partition(), offset);
              });
    } catch (ExecutionException | TimeoutException | KafkaException away) {
      // the broker is away, or the group has no coordinator yet: looked at again
    }
  }

  private Map<TopicPartition, Long> committed(String group)
      throws InterruptedException, ExecutionException, TimeoutException {
    Map<TopicPartition, Long> all = new HashMap<>();
    Map<TopicPartition, OffsetAndMetadata> told =
        admin
            .listConsumerGroupOffsets(prefix + group)
            .partitionsToOffsetAndMetadata()
            .get(LIMIT_SECONDS, TimeUnit.SECONDS);
    told.forEach(
        (partition, at) -> {
          if (at != null) {
            all.put(partition, at.offset());
          }
        });
    return all;
  }

  /** Fails unless commits of every group were seen. */
  void requireAll() {
    if (!seen.containsAll(groups)) {
      throw new IllegalStateException("of " + groups + " only " + seen + " were seen to commit");
    }
  }

  /** How many events the groups have not done with; very many if it cannot be told. */
  long behind() {
    try {
      Map<TopicPartition, OffsetSpec> asked = new HashMap<>();
      for (int i = 0; i < partitions; i++) {
        asked.put(new TopicPartition(prefix + event, i), OffsetSpec.latest());
      }
      var ends = admin.listOffsets(asked).all().get(LIMIT_SECONDS, TimeUnit.SECONDS);
      long behind = 0;
      for (String group : groups) {
        Map<TopicPartition, Long> done = committed(group);
        for (var end : ends.entrySet()) {
          behind += end.getValue().offset() - done.getOrDefault(end.getKey(), 0L);
        }
      }
      return behind;
    } catch (ExecutionException | TimeoutException away) {
      return Long.MAX_VALUE;
    } catch (InterruptedException end) {
      Thread.currentThread().interrupt();
      return Long.MAX_VALUE;
    }
  }

  @Override
  public void close() {
    thread.interrupt();
    try {
      thread.join(LIMIT_SECONDS * 1_000L);
    } catch (InterruptedException end) {
      Thread.currentThread().interrupt();
    }
    admin.close(Duration.ofSeconds(2));
  }
}
