package dev.comms.torture;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicIntegerArray;

/**
 * The effects of the handlers, as a service would write them into its database, and which
 * operations still lack theirs. Safe for use by many threads; bounded by the number of operations.
 */
final class Ledger {
  private final Set<String> ids = ConcurrentHashMap.newKeySet();
  private final AtomicIntegerArray effects;
  private final AtomicIntegerArray done;
  private final AtomicIntegerArray confirmed;

  Ledger(int operations) {
    this.effects = new AtomicIntegerArray(operations);
    this.done = new AtomicIntegerArray(operations);
    this.confirmed = new AtomicIntegerArray(operations);
  }

  /**
   * The effect of one operation for one reader, unless this id had it before: whoever is handed a
   * message twice keys its effect by the id, so only a second id doubles it.
   */
  void effect(String reader, String id, int number) {
    if (ids.add(reader + " " + id)) {
      effects.incrementAndGet(number);
      done.incrementAndGet(number);
    }
  }

  /** The effect of a handler that must run once and trusts in that. */
  void effect(int number) {
    effects.incrementAndGet(number);
    done.incrementAndGet(number);
  }

  /** That an operation was handled without an effect. */
  void handled(int number) {
    done.incrementAndGet(number);
  }

  /** That whoever asked was told that it happened. */
  void confirmed(int number) {
    confirmed.set(number, 1);
  }

  /** How many confirmed operations were not handled by so many readers yet. */
  int waiting(int readers) {
    int many = 0;
    for (int i = 0; i < confirmed.length(); i++) {
      many += confirmed.get(i) > 0 && done.get(i) < readers ? 1 : 0;
    }
    return many;
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
