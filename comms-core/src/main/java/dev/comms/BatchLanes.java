package dev.comms;

import dev.comms.contract.Time;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Gathers jobs into batches, so many batches at a time. The jobs of one key may share a batch, in
 * order; what comes later of that key waits until all of them have ended. What is begun again is
 * begun alone. One lock guards all fields; batches are begun outside it.
 */
final class BatchLanes implements Lanes {

  /** Begins a batch; its place is free when it calls {@code over}. Must not block. */
  @FunctionalInterface
  interface Runner {
    void run(List<Job> jobs, Runnable over);
  }

  /** The jobs of one key: in a batch or waiting to be begun again, and behind those. */
  private static final class Key {
    final Deque<Job> held = new ArrayDeque<>(2);
    final Deque<Job> waiting = new ArrayDeque<>(2);
    long batch;
  }

  private final Engine engine;
  private final Batch batch;
  private final Runner runner;
  private final @Nullable Pace pace;
  private final Map<String, Key> keys = new HashMap<>();
  // Those that may begin again as soon as they are the first of their key.
  private final Set<Job> again = new HashSet<>();
  private final Deque<List<Job>> ready = new ArrayDeque<>();
  private List<Job> gathering = new ArrayList<>();
  private Time.@Nullable Cancellable linger;
  private long number;
  private int atATime;
  private int free;
  private boolean beginning;
  private boolean paced;
  private boolean open;

  BatchLanes(Engine engine, Batch batch, int atATime, @Nullable Pace pace, Runner runner) {
    this.engine = engine;
    this.batch = batch;
    this.atATime = atATime;
    this.free = atATime;
    this.pace = pace;
    this.runner = runner;
  }

  @Override
  public void add(Job job) {
    synchronized (this) {
      String name = job.key();
      Key key = name == null ? null : keys.computeIfAbsent(name, fresh -> new Key());
      if (key == null) {
        gather(job);
      } else if (key.waiting.isEmpty() && (key.held.isEmpty() || key.batch == number)) {
        hold(key, job);
      } else {
        key.waiting.add(job);
      }
    }
    beginReady();
  }

  private void hold(Key key, Job job) {
    key.held.add(job);
    key.batch = job.alone() ? -1 : number;
    gather(job);
  }

  private void gather(Job job) {
    if (job.alone()) {
      ready.add(List.of(job));
      return;
    }
    gathering.add(job);
    if (gathering.size() >= batch.most() || open) {
      gathered();
    } else if (gathering.size() == 1) {
      long mine = number;
      linger =
          engine.time.schedule(
              batch.within(), () -> engine.callbacks.execute(() -> lingered(mine)));
    }
  }

  private void gathered() {
    ready.add(gathering);
    gathering = new ArrayList<>();
    number++;
    if (linger != null) {
      linger.cancel();
      linger = null;
    }
  }

  private void lingered(long mine) {
    synchronized (this) {
      if (number == mine && !gathering.isEmpty()) {
        gathered();
      }
    }
    beginReady();
  }

  /** A job of a batch has no place of its own. */
  @Override
  public void park(Job job) {}

  @Override
  public void end(Job job) {
    leave(job);
  }

  @Override
  public void leave(Job job) {
    synchronized (this) {
      Key key = job.key() == null ? null : keys.get(job.key());
      if (key != null) {
        key.held.remove(job);
        next(job, key);
      }
    }
    beginReady();
  }

  private void next(Job job, Key key) {
    Job first = key.held.peek();
    if (first != null) {
      if (again.remove(first)) {
        ready.addFirst(List.of(first));
      }
      return;
    }
    while (!key.waiting.isEmpty() && (key.held.isEmpty() || key.batch == number)) {
      hold(key, key.waiting.remove());
    }
    if (key.held.isEmpty()) {
      keys.remove(job.key());
    }
  }

  @Override
  public void resume(Job job) {
    synchronized (this) {
      Key key = job.key() == null ? null : keys.get(job.key());
      if (key == null || key.held.peek() == job) {
        ready.addFirst(List.of(job));
      } else {
        again.add(job);
      }
    }
    beginReady();
  }

  @Override
  public void returnFollowers(Job job) {
    List<Job> behind = new ArrayList<>();
    synchronized (this) {
      Key key = job.key() == null ? null : keys.get(job.key());
      if (key != null) {
        // Of one batch only those after it: what was before it keeps its attempts, and its turn.
        boolean after = false;
        for (Job one : key.held) {
          if (after) {
            behind.add(one);
          }
          after |= one == job;
        }
        behind.addAll(key.waiting);
      }
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
      if (!gathering.isEmpty()) {
        gathered();
      }
    }
    beginReady();
  }

  /** A batch that ends at once would otherwise begin the next one deeper in the same stack. */
  private void beginReady() {
    while (true) {
      List<Job> jobs;
      synchronized (this) {
        if (beginning || paced || ready.isEmpty() || (free <= 0 && !open)) {
          return;
        }
        if (pace != null && !open) {
          long early = pace.take(ready.element().size());
          if (early > 0) {
            paced = true;
            pace.later(early, this::onTime);
            return;
          }
        }
        beginning = true;
        free--;
        jobs = ready.remove();
      }
      try {
        runner.run(jobs, this::over);
      } finally {
        synchronized (this) {
          beginning = false;
        }
      }
    }
  }

  private void over() {
    synchronized (this) {
      free++;
    }
    beginReady();
  }

  private void onTime() {
    synchronized (this) {
      paced = false;
    }
    beginReady();
  }
}
