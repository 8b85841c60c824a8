package dev.comms.testkit;

import dev.comms.contract.CommsException;
import dev.comms.contract.CommsException.Facts;
import dev.comms.contract.Effect;
import dev.comms.contract.Fault;
import dev.comms.spi.Envelope;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The events of one contract, kept in shards; a key is always in the same. */
final class Topic {
  private static final int SHARDS = 8;
  private final MemoryBroker broker;
  private final List<List<Envelope>> shards =
      Stream.<List<Envelope>>generate(ArrayList::new).limit(SHARDS).toList();
  private int size;

  Topic(MemoryBroker broker) {
    this.broker = broker;
  }

  /** Stores, unless it is full; then says so. */
  @Nullable CommsException append(Envelope event) {
    synchronized (broker) {
      if (size >= MemoryBroker.MOST) {
        return new CommsException.Overloaded(
            Facts.of(event.contract())
                .effect(Effect.NONE)
                .fault(Fault.OVERLOAD)
                .message("the topic holds " + size + " events; make a new InMemory"));
      }
      String key = event.key();
      int shard = key == null ? size % SHARDS : Math.floorMod(key.hashCode(), SHARDS);
      shards.get(shard).add(event);
      size++;
      return null;
    }
  }

  /** The logs; read under the broker's lock. */
  List<List<Envelope>> shards() {
    return shards;
  }
}
