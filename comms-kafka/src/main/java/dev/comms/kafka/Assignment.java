package dev.comms.kafka;

import java.util.Optional;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/**
 * One partition, for as long as it is this member's. When it comes back after a rebalance it is
 * another assignment with a later epoch, so what was delivered under an older one is void: the
 * broker itself would accept such a late commit. Guarded by the lock of its {@link Desk}.
 */
final class Assignment {
  final TopicPartition partition;
  final long epoch;
  final OffsetTracker tracker = new OffsetTracker();

  /** Delivered and not settled. */
  int unsettled;

  /** Nothing more is handed over: the partition is about to go. */
  boolean stopping;

  /** It is gone. */
  boolean ended;

  private long committed = -1;
  private Optional<Integer> leaderEpoch = Optional.empty();

  Assignment(TopicPartition partition, long epoch) {
    this.partition = partition;
    this.epoch = epoch;
  }

  void done(long offset, Optional<Integer> leader) {
    if (tracker.done(offset) && leader.isPresent()) {
      leaderEpoch = leader;
    }
  }

  /** What to commit, or null if it would not be ahead of the last commit. */
  @Nullable OffsetAndMetadata toCommit() {
    long watermark = tracker.watermark().orElse(-1);
    return watermark > committed && tracker.finished()
        ? new OffsetAndMetadata(watermark, leaderEpoch, "")
        : null;
  }

  /** Notes a commit; it never goes backwards. */
  void committed(long offset) {
    committed = Math.max(committed, offset);
  }
}
