package dev.comms.testkit;

import dev.comms.contract.CommsException;
import dev.comms.contract.CommsException.Facts;
import dev.comms.contract.Effect;
import dev.comms.contract.Time;
import dev.comms.spi.Envelope;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The events of one contract, kept in shards; a key is always in the same. */
final class Topic {
  private static final int SHARDS = 8;
  private final MemoryBroker broker;
  private final List<Shard> shards = Stream.generate(Shard::new).limit(SHARDS).toList();
  private final int most;
  private int size;

  /**
   * A topic.
   *
   * @param most so many events it keeps at a time
   */
  Topic(MemoryBroker broker, int most) {
    this.broker = broker;
    this.most = most;
  }

  /** Stores, unless it is full; then says so. */
  @Nullable CommsException append(Envelope event, Time time) {
    synchronized (broker) {
      trim(time);
      if (size >= most) {
        return new CommsException.Overloaded(
            Facts.of(event.contract())
                .effect(Effect.NONE)
                .fault(dev.comms.contract.Fault.OVERLOAD)
                .message("the topic holds " + size + " events; make a new InMemory"));
      }
      String key = event.key();
      long number = broker.nextNumber();
      int shard = Math.floorMod(key == null ? Long.hashCode(number) : key.hashCode(), SHARDS);
      shards.get(shard).append(new Shard.Kept(number, time.now(), event));
      size++;
      return null;
    }
  }

  /** Forgets what is too old; under the broker's lock. */
  void trim(Time time) {
    Duration retention = broker.retention();
    if (retention != null) {
      Instant before = time.now().minus(retention);
      // What is gone leaves room: else a topic would refuse for ever after its first million.
      shards.forEach(shard -> size -= shard.trim(before));
    }
  }

  /** Read under the broker's lock. */
  List<Shard> shards() {
    return shards;
  }
}
