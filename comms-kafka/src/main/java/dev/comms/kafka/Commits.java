package dev.comms.kafka;

import dev.comms.contract.Time;
import java.time.Duration;
import java.util.Map;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.errors.FencedInstanceIdException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Commits what the desk says, on the polling thread alone. A commit that fails is made again with
 * the next one; the events concerned are delivered again if there is none.
 */
final class Commits {
  private static final Logger LOG = LoggerFactory.getLogger(Commits.class);
  private static final Duration INTERVAL = Duration.ofMillis(250);

  private final Consumer<byte[], byte[]> consumer;
  private final Desk desk;
  private final Time time;
  private final String group;
  private long last;
  private boolean underWay;
  private @Nullable KafkaException fatal;

  Commits(Consumer<byte[], byte[]> consumer, Desk desk, Time time, String group) {
    this.consumer = consumer;
    this.desk = desk;
    this.time = time;
    this.group = group;
    this.last = time.nanos();
  }

  /** Commits without waiting if it is time to; one commit is under way at most. */
  void tick() {
    KafkaException ended = fatal;
    if (ended != null) {
      throw ended;
    }
    if (underWay || time.nanos() - last < INTERVAL.toNanos()) {
      return;
    }
    last = time.nanos();
    Map<TopicPartition, OffsetAndMetadata> offsets = desk.toCommit();
    if (!offsets.isEmpty()) {
      underWay = true;
      consumer.commitAsync(offsets, this::ended);
    }
  }

  private void ended(Map<TopicPartition, OffsetAndMetadata> offsets, @Nullable Exception failure) {
    underWay = false;
    if (failure == null) {
      desk.committed(offsets);
    } else if (failure instanceof FencedInstanceIdException
        || failure instanceof AuthorizationException) {
      // Nothing that comes later can succeed: the loop must not go on as if all were well.
      fatal = (KafkaException) failure;
    } else {
      LOG.debug("group {}: a commit failed and is made again: {}", group, failure.toString());
    }
  }

  /** Commits and waits, at most so long. Never throws: what is not committed comes again. */
  void sync(Duration limit) {
    Map<TopicPartition, OffsetAndMetadata> offsets = desk.toCommit();
    if (offsets.isEmpty()) {
      return;
    }
    try {
      consumer.commitSync(offsets, limit);
      desk.committed(offsets);
    } catch (KafkaException failure) {
      LOG.warn(
          "group {}: the commit of {} failed ({}); those events are delivered again, handlers must"
              + " bear that",
          group,
          offsets.keySet(),
          Failures.said(failure));
    }
  }
}
