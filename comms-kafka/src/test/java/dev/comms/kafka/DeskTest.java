package dev.comms.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;

class DeskTest {
  private static final TopicPartition P0 = new TopicPartition("t", 0);
  private static final TopicPartition P1 = new TopicPartition("t", 1);

  @Test
  void noMoreThanTheSlotsAreHandedOver() {
    Desk desk = desk(2, P0);
    desk.add(events(P0, 0, 1, 2));
    Parcel first = next(desk);
    next(desk);

    assertThat(desk.next(0)).isNull();
    assertThat(desk.waitsForSlot()).isTrue();
    desk.done(first);
    assertThat(next(desk).event().offset()).isEqualTo(2);
  }

  @Test
  void aLateCompletionOfAnOlderAssignmentIsVoidAndCommitsNothing() {
    Desk desk = desk(10, P0);
    desk.add(events(P0, 5, 6));
    Parcel zombie = next(desk);
    desk.end(List.of(P0));
    desk.assign(List.of(P0));
    desk.add(events(P0, 5, 6));
    Parcel current = next(desk);

    assertThat(desk.done(zombie)).isFalse();
    assertThat(desk.toCommit()).isEmpty();
    assertThat(desk.done(current)).isTrue();
    assertThat(desk.toCommit().get(P0).offset()).isEqualTo(6);
  }

  @Test
  void aPartitionThatHasGoneIsNeverCommitted() {
    Desk desk = desk(10, P0, P1);
    desk.add(events(P0, 0));
    desk.add(events(P1, 0));
    desk.done(next(desk));
    desk.done(next(desk));
    desk.end(List.of(P0));

    assertThat(desk.toCommit()).containsOnlyKeys(P1);
  }

  @Test
  void aCommitIsMadeOnceAndNeverGoesBack() {
    Desk desk = desk(10, P0);
    desk.add(events(P0, 0, 1));
    desk.done(next(desk));
    var first = desk.toCommit();
    desk.done(next(desk));
    var second = desk.toCommit();
    desk.committed(second);
    desk.committed(first);

    assertThat(desk.toCommit()).isEmpty();
    assertThat(second.get(P0).offset()).isEqualTo(2);
  }

  @Test
  void whatIsGivenBackComesAgainBeforeItsFollowersInAnyOrderOfGiving() {
    Desk desk = desk(3, P0, P1);
    desk.add(events(P0, 0, 1));
    desk.add(events(P1, 0));
    desk.add(events(P0, 2));
    Parcel zero = next(desk);
    Parcel one = next(desk);
    desk.takeBack(zero);
    desk.takeBack(one);

    List<Long> order = new ArrayList<>();
    while (order.size() < 3) {
      Parcel parcel = next(desk);
      if (parcel.event().partition() == 0) {
        order.add(parcel.event().offset());
      }
      desk.done(parcel);
    }
    assertThat(order).containsExactly(0L, 1L, 2L);
    assertThat(desk.toCommit().get(P0).offset()).isEqualTo(3);
  }

  @Test
  void whatIsGivenBackWhileDrainingStaysUndone() {
    Desk desk = desk(3, P0);
    desk.add(events(P0, 0, 1));
    Parcel parcel = next(desk);
    desk.drain();
    assertThat(desk.drained()).isFalse();
    desk.takeBack(parcel);

    assertThat(desk.drained()).isTrue();
    assertThat(desk.next(0)).isNull();
    assertThat(desk.toCommit()).isEmpty();
  }

  @Test
  void aRevocationWaitsForWhatWasHandedOverOfItsPartitionsOnly() {
    Desk desk = desk(10, P0, P1);
    desk.add(events(P0, 0, 1));
    desk.add(events(P1, 0));
    Parcel running = next(desk);
    next(desk);
    next(desk);
    desk.stop(List.of(P0));
    assertThat(desk.isRevoked(running)).isTrue();
    assertThat(desk.awaitSettled(List.of(P0), Duration.ofMillis(50))).isFalse();

    CompletableFuture<Boolean> settled =
        CompletableFuture.supplyAsync(() -> desk.awaitSettled(List.of(P0), Duration.ofSeconds(30)));
    desk.done(running);
    assertThat(settled).isNotDone();
    desk.stop();
    assertThat(settled.join()).isTrue();
  }

  @Test
  void aPartitionWhoseOldestEventTakesVeryLongIsHeldInsteadOfFillingTheMemory() {
    Desk desk = desk(Desk.MOST_TRACKED + 10, P0, P1);
    for (long offset = 0; offset < Desk.MOST_TRACKED; offset++) {
      desk.add(events(P0, offset));
    }
    Parcel stuck = next(desk);
    for (int i = 1; i < Desk.MOST_TRACKED; i++) {
      desk.done(next(desk));
    }

    assertThat(desk.held(Set.of(P0, P1))).containsExactly(P0);
    desk.done(stuck);
    assertThat(desk.held(Set.of(P0, P1))).isEmpty();
  }

  @Test
  void everythingIsHeldWhileSomethingReadWaits() {
    Desk desk = desk(1, P0, P1);
    desk.add(events(P0, 0, 1));
    next(desk);

    assertThat(desk.held(Set.of(P0, P1))).containsExactlyInAnyOrder(P0, P1);
  }

  private static Desk desk(int slots, TopicPartition... partitions) {
    Desk desk = new Desk(slots);
    desk.assign(List.of(partitions));
    return desk;
  }

  private static Parcel next(Desk desk) {
    return Objects.requireNonNull(desk.next(1));
  }

  private static List<ConsumerRecord<byte[], byte[]>> events(
      TopicPartition partition, long... offsets) {
    List<ConsumerRecord<byte[], byte[]>> events = new ArrayList<>();
    for (long offset : offsets) {
      events.add(
          new ConsumerRecord<>(
              partition.topic(), partition.partition(), offset, new byte[0], new byte[0]));
    }
    return events;
  }
}
