package dev.comms.kafka;

import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRebalanceListener;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What happens when partitions come and go; called by the client on the polling thread, inside poll
 * and close. The order on revocation matters: first finish, then commit, then fence; the other way
 * round discards finished work.
 */
final class Rebalance implements ConsumerRebalanceListener {
  private static final Logger LOG = LoggerFactory.getLogger(Rebalance.class);
  private static final Duration COMMIT_LIMIT = Duration.ofSeconds(5);

  private final Consumer<byte[], byte[]> consumer;
  private final Desk desk;
  private final Commits commits;
  private final Duration patience;
  private final Map<TopicPartition, Long> ends;
  private final Runnable joined;
  private boolean closing;

  /**
   * For one consumer.
   *
   * @param patience how long a revocation waits for what was handed over
   * @param ends where partitions without a position begin; those that are not named begin at their
   *     beginning
   * @param joined told whenever the group has given this member its share, be it nothing
   */
  Rebalance(
      Consumer<byte[], byte[]> consumer,
      Desk desk,
      Commits commits,
      Duration patience,
      Map<TopicPartition, Long> ends,
      Runnable joined) {
    this.consumer = consumer;
    this.desk = desk;
    this.commits = commits;
    this.patience = patience;
    this.ends = ends;
    this.joined = joined;
  }

  /** From now on nothing is waited for: the member ends at once. */
  void closing() {
    closing = true;
  }

  @Override
  public void onPartitionsAssigned(Collection<TopicPartition> partitions) {
    desk.assign(partitions);
    begin(partitions);
    // The same poll may already bring records of the new partitions, which have lost their pause.
    consumer.pause(desk.held(Set.copyOf(partitions)));
    joined.run();
  }

  @Override
  public void onPartitionsRevoked(Collection<TopicPartition> partitions) {
    desk.stop(partitions);
    if (!closing && !desk.awaitSettled(partitions, patience)) {
      LOG.warn(
          "rebalance: what was handed over of {} was not finished within {}; it is delivered again to"
              + " another member. Shorten handledWithin, or raise revokeWithin",
          partitions,
          patience);
    }
    commits.sync(COMMIT_LIMIT);
    desk.end(partitions);
  }

  @Override
  public void onPartitionsLost(Collection<TopicPartition> partitions) {
    // Somebody else may have them already: committing now could move that one's position back.
    desk.end(partitions);
  }

  /** A group that begins at the end has a position at once, so that a restart skips nothing. */
  private void begin(Collection<TopicPartition> partitions) {
    if (ends.isEmpty() || partitions.isEmpty()) {
      return;
    }
    Map<TopicPartition, OffsetAndMetadata> known =
        consumer.committed(Set.copyOf(partitions), COMMIT_LIMIT);
    Map<TopicPartition, OffsetAndMetadata> first = new HashMap<>();
    for (TopicPartition partition : partitions) {
      Long end = ends.get(partition);
      if (known.get(partition) == null && end != null) {
        first.put(partition, new OffsetAndMetadata(end));
      }
    }
    if (!first.isEmpty()) {
      first.forEach(consumer::seek);
      consumer.commitSync(first, COMMIT_LIMIT);
      desk.committed(first);
    }
  }
}
