package dev.comms;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Order per key, concurrency across keys: at most one job of a key is begun at a time, and at most
 * so many jobs in all. What waits is bounded by the transport, which delivers no more than its
 * slots. One lock guards all fields; jobs are begun outside it.
 */
final class KeyLanes {

  /** Work of one key. {@link #begin} must not block; it ends with {@link KeyLanes#end}. */
  interface Job {
    @Nullable String key();

    void begin();
  }

  private final Map<String, Deque<Job>> waiting = new HashMap<>();
  private final Deque<Job> ready = new ArrayDeque<>();
  private int free;
  private boolean beginning;

  KeyLanes(int atATime) {
    this.free = atATime;
  }

  /** Queues a job behind those of its key; one without a key waits for nobody. */
  void add(Job job) {
    synchronized (this) {
      Deque<Job> behind = job.key() == null ? null : waiting.get(job.key());
      if (behind != null) {
        behind.add(job);
        return;
      }
      if (job.key() != null) {
        waiting.put(job.key(), new ArrayDeque<>(2));
      }
      ready.add(job);
    }
    beginReady();
  }

  /** A job has ended: its place is free, and the next of its key may begin. */
  void end(Job job) {
    synchronized (this) {
      free++;
    }
    leave(job);
  }

  /** A parked job has ended: the next of its key may begin. */
  void leave(Job job) {
    synchronized (this) {
      Deque<Job> behind = job.key() == null ? null : waiting.get(job.key());
      Job next = behind == null ? null : behind.poll();
      if (next != null) {
        ready.add(next);
      } else if (behind != null) {
        waiting.remove(job.key());
      }
    }
    beginReady();
  }

  /** A job waits, for its next attempt or to be settled: its place is free, its key is not. */
  void park(Job job) {
    synchronized (this) {
      free++;
    }
    beginReady();
  }

  /** A parked job may begin again, before what came later. */
  void resume(Job job) {
    synchronized (this) {
      ready.addFirst(job);
    }
    beginReady();
  }

  /** A job that ends at once would otherwise begin the next one deeper in the same stack. */
  private void beginReady() {
    while (true) {
      Job job;
      synchronized (this) {
        if (beginning || free == 0 || ready.isEmpty()) {
          return;
        }
        beginning = true;
        free--;
        job = ready.remove();
      }
      try {
        job.begin();
      } finally {
        synchronized (this) {
          beginning = false;
        }
      }
    }
  }
}
