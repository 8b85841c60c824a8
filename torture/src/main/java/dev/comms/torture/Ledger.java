package dev.comms.torture;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicIntegerArray;

/**
 * The effects of the handlers: what a service would write into its database, whose key is the
 * message's id. So what has its effect twice was handled under two ids. Safe for use by many
 * threads; bounded by the number of operations that are planned.
 */
final class Ledger {
  private final Set<String> ids = ConcurrentHashMap.newKeySet();
  private final AtomicIntegerArray effects;

  Ledger(int operations) {
    this.effects = new AtomicIntegerArray(operations);
  }

  /** The effect of one operation for one reader, unless this id had it before. */
  void effect(String reader, String id, int number) {
    if (ids.add(reader + " " + id)) {
      effects.incrementAndGet(number);
    }
  }

  /** How many operations had more effects than there are readers. */
  int doubled(int readers) {
    int many = 0;
    for (int i = 0; i < effects.length(); i++) {
      many += effects.get(i) > readers ? 1 : 0;
    }
    return many;
  }
}
