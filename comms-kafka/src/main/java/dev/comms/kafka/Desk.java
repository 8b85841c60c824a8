package dev.comms.kafka;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/**
 * What one member of a group has at hand: its assignments, what was read and not yet handed over,
 * and what is unsettled. The polling thread reads, hands over and commits; any thread settles. One
 * lock guards it all, and nothing is called from under it.
 */
final class Desk {
  /**
   * So many offsets of one partition are remembered at most; one that takes very long halts its
   * partition there, instead of filling the memory.
   */
  static final int MOST_TRACKED = 10_000;

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private final Map<TopicPartition, Assignment> assigned = new HashMap<>();
  private final int slots;
  private ArrayDeque<Parcel> queue = new ArrayDeque<>();
  private int unsettled;
  private long epochs;
  private boolean paused;
  private boolean draining;
  private boolean stopped;

  Desk(int slots) {
    this.slots = slots;
  }

  /** The partitions are this member's from now, each in a new epoch. */
  void assign(Collection<TopicPartition> partitions) {
    locked(() -> partitions.forEach(one -> assigned.put(one, new Assignment(one, ++epochs))));
  }

  /** Keeps what was read until a slot is free. */
  void add(Iterable<ConsumerRecord<byte[], byte[]>> events) {
    locked(
        () ->
            events.forEach(
                event -> {
                  Assignment own =
                      assigned.get(new TopicPartition(event.topic(), event.partition()));
                  if (own != null && !own.stopping) {
                    queue.addLast(new Parcel(own, event));
                  }
                }));
  }

  /** The next to hand over, now counted as delivered; null if there is none or no free slot. */
  @Nullable Parcel next(long nanos) {
    return get(
        () -> {
          if (paused || draining || stopped || unsettled >= slots || queue.isEmpty()) {
            return null;
          }
          Parcel next = queue.removeFirst();
          next.assignment().tracker.delivered(next.event().offset(), nanos);
          next.assignment().unsettled++;
          unsettled++;
          return next;
        });
  }

  /** Settles as done; false if the assignment has ended and this therefore means nothing. */
  boolean done(Parcel parcel) {
    return get(
        () -> {
          leave(parcel);
          if (parcel.assignment().ended) {
            return false;
          }
          parcel.assignment().done(parcel.event().offset(), parcel.event().leaderEpoch());
          return true;
        });
  }

  /**
   * Takes it back undone, to hand it over again before its followers; while draining it stays
   * undone and is delivered to the next member. False if the assignment has ended.
   */
  boolean takeBack(Parcel parcel) {
    return get(
        () -> {
          leave(parcel);
          Assignment own = parcel.assignment();
          if (!own.ended && !own.stopping && !draining && !stopped) {
            queue = before(parcel);
          }
          return !own.ended;
        });
  }

  boolean isVoid(Parcel parcel) {
    return get(() -> parcel.assignment().ended);
  }

  /** Whether its partition has gone or is about to. */
  boolean isRevoked(Parcel parcel) {
    return get(() -> parcel.assignment().stopping || stopped);
  }

  /** Whether it would not be handed over here again: its partition goes, or this member ends. */
  boolean isLeaving(Parcel parcel) {
    return get(() -> parcel.assignment().stopping || draining || stopped);
  }

  /** First step of a revocation: nothing more of these is handed over. */
  void stop(Collection<TopicPartition> partitions) {
    locked(
        () -> {
          of(partitions).forEach(one -> one.stopping = true);
          queue.removeIf(parcel -> parcel.assignment().stopping);
        });
  }

  /** Second step: waits until all of these is settled; false if it was not within the limit. */
  boolean awaitSettled(Collection<TopicPartition> partitions, Duration limit) {
    return await(
        limit, () -> stopped || of(partitions).stream().allMatch(one -> one.unsettled == 0));
  }

  /** Last step: the partitions are gone; who settles later is told that it is void. */
  void end(Collection<TopicPartition> partitions) {
    locked(
        () -> {
          of(partitions)
              .forEach(
                  one -> {
                    one.stopping = true;
                    one.ended = true;
                    assigned.remove(one.partition);
                  });
          queue.removeIf(parcel -> parcel.assignment().ended);
        });
  }

  /** All partitions are gone. */
  void endAll() {
    end(get(() -> Set.copyOf(assigned.keySet())));
  }

  /** What may be committed now and was not; only of partitions that are this member's. */
  Map<TopicPartition, OffsetAndMetadata> toCommit() {
    return get(
        () -> {
          Map<TopicPartition, OffsetAndMetadata> offsets = new HashMap<>();
          assigned.forEach(
              (partition, own) -> {
                OffsetAndMetadata offset = own.toCommit();
                if (offset != null) {
                  offsets.put(partition, offset);
                }
              });
          return offsets;
        });
  }

  void committed(Map<TopicPartition, OffsetAndMetadata> offsets) {
    locked(
        () ->
            offsets.forEach(
                (partition, offset) -> {
                  Assignment own = assigned.get(partition);
                  if (own != null) {
                    own.committed(offset.offset());
                  }
                }));
  }

  /** Which of these the client must not fetch now; never remembered, always found anew. */
  Set<TopicPartition> held(Set<TopicPartition> partitions) {
    return get(
        () -> {
          if (paused || draining || !queue.isEmpty()) {
            return Set.copyOf(partitions);
          }
          Set<TopicPartition> held = new HashSet<>();
          for (TopicPartition partition : partitions) {
            Assignment own = assigned.get(partition);
            if (own != null && (own.stopping || own.tracker.size() >= MOST_TRACKED)) {
              held.add(partition);
            }
          }
          return held;
        });
  }

  /** Whether something could be handed over if there were a slot; then nothing need be fetched. */
  boolean waitsForSlot() {
    return get(() -> !paused && !draining && !stopped && !queue.isEmpty());
  }

  void awaitSlot(Duration limit) {
    await(limit, () -> stopped || paused || draining || unsettled < slots);
  }

  /** Waits until stopped or drained, or for so long. */
  void awaitEnd(Duration limit) {
    await(limit, () -> stopped || (draining && unsettled == 0));
  }

  void awaitStop(Duration limit) {
    await(limit, () -> stopped);
  }

  void pause(boolean on) {
    locked(() -> paused = on);
  }

  void drain() {
    locked(() -> draining = true);
  }

  void stop() {
    locked(() -> stopped = true);
  }

  boolean drained() {
    return get(() -> draining && unsettled == 0);
  }

  boolean stopped() {
    return get(() -> stopped);
  }

  DeskFacts facts() {
    return get(
        () -> {
          List<String> partitions =
              assigned.values().stream()
                  .map(one -> one.partition + "@" + one.epoch)
                  .sorted()
                  .toList();
          long oldest =
              assigned.values().stream()
                  .flatMapToLong(one -> one.tracker.oldest().stream())
                  .reduce((a, b) -> a - b < 0 ? a : b)
                  .orElse(DeskFacts.NONE);
          return new DeskFacts(partitions, queue.size(), unsettled, oldest, paused, draining);
        });
  }

  private void leave(Parcel parcel) {
    unsettled--;
    parcel.assignment().unsettled--;
  }

  private ArrayDeque<Parcel> before(Parcel parcel) {
    ArrayDeque<Parcel> all = new ArrayDeque<>(queue.size() + 1);
    boolean placed = false;
    for (Parcel other : queue) {
      boolean follows =
          other.assignment() == parcel.assignment()
              && other.event().offset() > parcel.event().offset();
      if (follows && !placed) {
        all.addLast(parcel);
        placed = true;
      }
      all.addLast(other);
    }
    if (!placed) {
      all.addLast(parcel);
    }
    return all;
  }

  private List<Assignment> of(Collection<TopicPartition> partitions) {
    return partitions.stream().filter(assigned::containsKey).map(assigned::get).toList();
  }

  /** The polling thread is ended by {@link #stop()}, never by an interrupt. */
  private boolean await(Duration limit, BooleanSupplier until) {
    long end = System.nanoTime() + limit.toNanos();
    boolean interrupted = false;
    lock.lock();
    try {
      while (!until.getAsBoolean()) {
        long left = end - System.nanoTime();
        if (left <= 0) {
          return false;
        }
        try {
          changed.awaitNanos(left);
        } catch (InterruptedException later) {
          interrupted = true;
        }
      }
      return true;
    } finally {
      lock.unlock();
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  private void locked(Runnable work) {
    get(
        () -> {
          work.run();
          return Boolean.TRUE;
        });
  }

  private <T extends @Nullable Object> T get(Supplier<T> work) {
    lock.lock();
    try {
      return work.get();
    } finally {
      changed.signalAll();
      lock.unlock();
    }
  }
}
