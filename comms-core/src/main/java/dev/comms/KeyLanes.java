package dev.comms;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * At most one job of a key is begun at a time, and at most so many jobs in all. One lock guards all
 * fields; jobs are begun outside it.
 */
final class KeyLanes implements Lanes {
  private final Map<String, Deque<Job>> waiting = new HashMap<>();
  private final Deque<Job> ready = new ArrayDeque<>();
  private final @Nullable Pace pace;
  private int atATime;
  private int free;
  private boolean beginning;
  private boolean paced;
  private boolean open;

  KeyLanes(int atATime) {
    this(atATime, null);
  }

  /**
   * Lanes.
   *
   * @param pace how many begin per second, or null
   */
  KeyLanes(int atATime, @Nullable Pace pace) {
    this.atATime = atATime;
    this.free = atATime;
    this.pace = pace;
  }

  @Override
  public void add(Job job) {
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

  @Override
  public void end(Job job) {
    synchronized (this) {
      free++;
    }
    leave(job);
  }

  @Override
  public void leave(Job job) {
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

  @Override
  public void park(Job job) {
    synchronized (this) {
      free++;
    }
    beginReady();
  }

  @Override
  public void resume(Job job) {
    synchronized (this) {
      ready.addFirst(job);
    }
    beginReady();
  }

  @Override
  public void returnFollowers(Job job) {
    List<Job> behind;
    synchronized (this) {
      Deque<Job> waits = job.key() == null ? null : waiting.get(job.key());
      behind = waits == null ? List.of() : List.copyOf(waits);
    }
    behind.forEach(Job::comeAgain);
  }

  @Override
  public void resize(int most) {
    synchronized (this) {
      free += most - atATime;
      atATime = most;
    }
    beginReady();
  }

  @Override
  public void open() {
    synchronized (this) {
      open = true;
      paced = false;
    }
    beginReady();
  }

  /** A job that ends at once would otherwise begin the next one deeper in the same stack. */
  private void beginReady() {
    while (true) {
      Job job;
      synchronized (this) {
        if (beginning || paced || ready.isEmpty() || (free <= 0 && !open)) {
          return;
        }
        if (pace != null && !open) {
          long early = pace.take(1);
          if (early > 0) {
            paced = true;
            pace.later(early, this::onTime);
            return;
          }
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

  private void onTime() {
    synchronized (this) {
      paced = false;
    }
    beginReady();
  }
}
