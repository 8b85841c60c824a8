package dev.comms;

import org.jspecify.annotations.Nullable;

/**
 * Order per key, concurrency across keys. What waits is bounded by the transport, which delivers no
 * more than its slots.
 */
interface Lanes {

  /** Work of one key. It is begun once, and again after each {@link Lanes#resume}. */
  interface Job {
    @Nullable String key();

    /** Must not block; it ends with {@link Lanes#end}, or leaves its place before. */
    void begin();

    /** One before it came back to its broker, so this is to go there too, to keep its order. */
    default void comeAgain() {}

    /** Whether it must not share a batch. */
    default boolean alone() {
      return false;
    }
  }

  /** Queues a job behind those of its key; one without a key waits for nobody. */
  void add(Job job);

  /** A job has ended: its place is free, and the next of its key may begin. */
  void end(Job job);

  /** A job waits, for its next attempt or to be settled: its place is free, its key is not. */
  void park(Job job);

  /** A parked job may begin again, before what came later. */
  void resume(Job job);

  /** A parked job has ended: the next of its key may begin. */
  void leave(Job job);

  /** A job goes back to its broker: tells those that wait behind it now. */
  void returnFollowers(Job job);

  /** From now on so many at a time; what is begun goes on, so there may be more for a while. */
  void resize(int most);

  /** Begins all that waits, since at the end of its service it is only given back. */
  void open();
}
