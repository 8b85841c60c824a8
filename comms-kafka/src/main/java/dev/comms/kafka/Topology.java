package dev.comms.kafka;

import dev.comms.contract.CommsException;
import dev.comms.contract.CommsException.Misconfigured;
import dev.comms.contract.Deadline;
import dev.comms.contract.Time;
import dev.comms.kafka.KafkaConfig.Topics;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.TopicExistsException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;

/** Verifies topics, or creates them when told so. It blocks: only the setup thread calls it. */
final class Topology {
  private static final Duration BETWEEN_LOOKS = Duration.ofMillis(50);

  private final KafkaConfig config;
  private final Admin admin;
  private final Time time;

  Topology(KafkaConfig config, Admin admin, Time time) {
    this.config = config;
    this.admin = admin;
    this.time = time;
  }

  /** Asks the cluster for its name: the proof that a broker answers. */
  String cluster() {
    return answer(admin.describeCluster().clusterId());
  }

  /**
   * Makes sure that all these topics exist, and that every partition's leader answers.
   *
   * <p>The latter is for order: a leader that was just elected refuses the first batch of a
   * producer and may take its second, which is in flight already. It knows no sequence of that
   * producer yet, so it takes any; the first batch then is out of sequence for ever.
   *
   * @throws Misconfigured naming every missing or too narrow topic, and the fix
   */
  void ensure(Collection<String> topics) {
    List<String> missing = missing(topics);
    if (!missing.isEmpty()) {
      createAll(missing);
    }
    ends(topics);
  }

  private void createAll(List<String> missing) {
    if (config.topics() == Topics.VERIFY) {
      throw new Misconfigured(
          "kafka",
          "no topic "
              + String.join(", ", missing)
              + " at "
              + config.servers()
              + "; create it, or let the transport do so with creatingTopics(partitions)");
    }
    missing.forEach(this::create);
    awaitAll(missing);
  }

  /**
   * Where a group that is new begins if it begins at the end: the end of every partition now. Empty
   * if the group has a position in any of these topics, since then it is not new.
   */
  Map<TopicPartition, Long> ends(String group, Collection<String> topics) {
    boolean known =
        answer(admin.listConsumerGroupOffsets(group).partitionsToOffsetAndMetadata())
            .entrySet()
            .stream()
            .anyMatch(one -> one.getValue() != null && topics.contains(one.getKey().topic()));
    if (known) {
      return Map.of();
    }
    return ends(topics);
  }

  /** The client asks the leaders, and asks again while there is none. */
  private Map<TopicPartition, Long> ends(Collection<String> topics) {
    Map<TopicPartition, OffsetSpec> wanted = new HashMap<>();
    for (TopicDescription topic : answer(admin.describeTopics(topics).allTopicNames()).values()) {
      topic
          .partitions()
          .forEach(
              one ->
                  wanted.put(
                      new TopicPartition(topic.name(), one.partition()), OffsetSpec.latest()));
    }
    Map<TopicPartition, Long> ends = new HashMap<>();
    answer(admin.listOffsets(wanted).all())
        .forEach((partition, end) -> ends.put(partition, end.offset()));
    return Map.copyOf(ends);
  }

  private List<String> missing(Collection<String> topics) {
    List<String> missing = new ArrayList<>();
    admin
        .describeTopics(topics)
        .topicNameValues()
        .forEach(
            (topic, description) -> {
              try {
                verify(answer(description));
              } catch (CommsException failure) {
                if (!(failure.getCause() instanceof UnknownTopicOrPartitionException)) {
                  throw failure;
                }
                missing.add(topic);
              }
            });
    return missing.stream().sorted().toList();
  }

  private void verify(TopicDescription topic) {
    int has = topic.partitions().size();
    if (config.topics() == Topics.CREATE && has < config.partitions()) {
      throw new Misconfigured(
          "kafka",
          "topic "
              + topic.name()
              + " has "
              + has
              + " partitions and creatingTopics("
              + config.partitions()
              + ") wants more; ask for at most "
              + has
              + ", or add partitions by hand, which breaks the order of keys in flight");
    }
  }

  private void create(String topic) {
    NewTopic wanted = new NewTopic(topic, Optional.of(config.partitions()), Optional.empty());
    try {
      answer(admin.createTopics(List.of(wanted)).all());
    } catch (CommsException failure) {
      // Another instance was quicker.
      if (!(failure.getCause() instanceof TopicExistsException)) {
        throw failure;
      }
    }
  }

  /** A created topic is not known to every broker at once. */
  private void awaitAll(List<String> topics) {
    Deadline deadline = Deadline.after(time, ClientSettings.ADMIN_LIMIT);
    while (!missing(topics).isEmpty()) {
      if (deadline.expired()) {
        throw Failures.admin(
            "kafka",
            config.servers(),
            new TimeoutException("created " + topics + ", not seen yet"));
      }
      CompletableFuture<Void> soon = new CompletableFuture<>();
      time.schedule(BETWEEN_LOOKS, () -> soon.complete(null));
      time.await(soon, "kafka", deadline.within(ClientSettings.ADMIN_LIMIT));
    }
  }

  private <T> T answer(KafkaFuture<T> future) {
    try {
      return future.get(ClientSettings.ADMIN_LIMIT.toMillis() + 1_000, TimeUnit.MILLISECONDS);
    } catch (ExecutionException | TimeoutException failure) {
      throw Failures.admin("kafka", config.servers(), failure);
    } catch (InterruptedException closed) {
      Thread.currentThread().interrupt();
      throw Failures.admin("kafka", config.servers(), closed);
    }
  }
}
