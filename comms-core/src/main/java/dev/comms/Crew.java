package dev.comms;

import dev.comms.contract.Deadline;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The threads of one consumer's handlers: at most so many at a time. A handler that cannot be
 * stopped is given up and its thread replaced; of those there are at most as many again. The lock
 * guards all fields; work runs, and threads are started, outside it.
 */
final class Crew {
  private static final Logger LOG = LoggerFactory.getLogger(Crew.class);
  private static final Duration IDLE = Duration.ofSeconds(30);

  /** What a thread is wanted for. Exactly one of the three ends it. */
  interface Work extends Runnable {
    /** There is no thread and no place for it. */
    void refuse();

    /** It has not begun and will not. */
    void drop();

    /** Interrupts its thread; without one it has not begun, and will not. */
    void interrupt();
  }

  private final String name;
  private final HandlerThreads threads;
  private final int places;
  private final Runnable changed;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition wanted = lock.newCondition();
  private final Deque<Work> waiting = new ArrayDeque<>();
  // In the order of their beginning, in which they are interrupted: repeatable on a test's clock.
  private final Set<Work> working = new LinkedHashSet<>();
  private final Set<Work> abandoned = new HashSet<>();
  private final Set<Work> replaced = new HashSet<>();
  private final List<CompletableFuture<Void>> watchers = new ArrayList<>();
  private int most;
  private int live;
  private int idle;
  private boolean closed;
  // Also read without the lock: hardly ever does anybody wait for quiet.
  private volatile boolean watched;

  /**
   * A crew that has no thread yet.
   *
   * @param most how many work at a time
   * @param places how much may wait for a thread
   * @param changed told when {@link #stuck} may have changed
   */
  Crew(String name, HandlerThreads threads, int most, int places, Runnable changed) {
    this.name = name;
    this.threads = threads;
    this.most = most;
    this.places = places;
    this.changed = changed;
  }

  /** Begins it, or lets it wait for a thread, or refuses it. */
  void execute(Work one) {
    boolean begin = false;
    lock.lock();
    try {
      if (!closed && live < most && waiting.size() >= idle) {
        begin = true;
        live++;
        working.add(one);
      } else if (!closed && abandoned.size() <= most && waiting.size() < places) {
        waiting.add(one);
        wanted.signal();
        return;
      }
    } finally {
      lock.unlock();
    }
    if (begin) {
      spawn(one);
    } else {
      one.refuse();
    }
  }

  private void spawn(Work first) {
    try {
      threads.begin().execute(() -> loop(first));
    } catch (RejectedExecutionException | OutOfMemoryError none) {
      LOG.debug("{}: no thread", name, none);
      refused(first).forEach(Work::refuse);
    }
  }

  /** Without any thread left, what waits for one would wait for ever. */
  private List<Work> refused(Work first) {
    List<Work> all = new ArrayList<>();
    all.add(first);
    lock.lock();
    try {
      working.remove(first);
      live--;
      if (live == 0) {
        all.addAll(waiting);
        waiting.clear();
      }
    } finally {
      lock.unlock();
    }
    tell();
    return all;
  }

  private void loop(Work first) {
    Work one = first;
    while (one != null) {
      try {
        one.run();
      } catch (Throwable bug) {
        LOG.error(
            "{}: a handler's thread met a bug of comms and goes on; report it with this stack",
            name,
            bug);
      }
      one = after(one);
      if (one != null && !threads.own()) {
        spawn(one);
        return;
      }
    }
  }

  /** The next work of a thread that has done this one, or null if the thread is to end. */
  private @Nullable Work after(Work done) {
    boolean freed;
    boolean over;
    Work next;
    lock.lock();
    try {
      working.remove(done);
      freed = abandoned.remove(done) && abandoned.size() == most;
      if (replaced.remove(done)) {
        live++;
        replaceAnother();
      }
      next = live <= most ? taken() : null;
      over = next == null && (!threads.own() || live > most);
      if (over) {
        live--;
      }
    } finally {
      lock.unlock();
    }
    tell();
    if (freed) {
      changed.run();
    }
    return next != null || over ? next : awaited();
  }

  /**
   * One that was lost when too many were is replaced now that another came back, or its place would
   * be gone while nobody is told so. Called with the lock held.
   */
  private void replaceAnother() {
    for (Work lost : abandoned) {
      if (replaced.add(lost)) {
        live--;
        return;
      }
    }
  }

  /** Called with the lock held. */
  private @Nullable Work taken() {
    Work next = waiting.poll();
    if (next != null) {
      working.add(next);
    }
    return next;
  }

  private @Nullable Work awaited() {
    lock.lock();
    try {
      idle++;
      try {
        long left = IDLE.toNanos();
        while (waiting.isEmpty() && !closed && left > 0) {
          left = wanted.awaitNanos(left);
        }
      } catch (InterruptedException stray) {
        // Meant for a handler that has gone; this thread ends, and another takes its place.
        LOG.debug("{}: an idle thread was interrupted", name);
      } finally {
        idle--;
      }
      Work next = taken();
      if (next == null) {
        live--;
      }
      return next;
    } finally {
      lock.unlock();
    }
  }

  /**
   * Gives up a work that does not end though it was interrupted: its thread is replaced, unless too
   * many are lost already; then what waits for a thread is refused.
   */
  void abandon(Work one) {
    Work next = null;
    boolean last;
    List<Work> hopeless = List.of();
    lock.lock();
    try {
      if (!working.contains(one) || !abandoned.add(one)) {
        return;
      }
      last = abandoned.size() == most + 1;
      if (abandoned.size() <= most) {
        replaced.add(one);
        next = taken();
        live -= next == null ? 1 : 0;
      }
      if (abandoned.size() > most) {
        // Nobody is left to take it, and whoever waits behind it would wait with it.
        hopeless = List.copyOf(waiting);
        waiting.clear();
      }
    } finally {
      lock.unlock();
    }
    tell();
    if (next != null) {
      spawn(next);
    }
    if (last) {
      changed.run();
    }
    hopeless.forEach(Work::refuse);
  }

  /** How many were given up and still have a thread. */
  int abandoned() {
    lock.lock();
    try {
      return abandoned.size();
    } finally {
      lock.unlock();
    }
  }

  /** Whether so many were given up that no more is begun. */
  boolean stuck() {
    lock.lock();
    try {
      return abandoned.size() > most;
    } finally {
      lock.unlock();
    }
  }

  /** From now on so many at a time. */
  void resize(int other) {
    List<Work> begun = new ArrayList<>();
    lock.lock();
    try {
      most = other;
      while (live < most && waiting.size() > idle) {
        live++;
        begun.add(Objects.requireNonNull(taken()));
      }
    } finally {
      lock.unlock();
    }
    begun.forEach(this::spawn);
    changed.run();
  }

  /** Done when nothing runs and nothing waits, but for what was given up. */
  CompletableFuture<Void> quiet() {
    CompletableFuture<Void> told = new CompletableFuture<>();
    lock.lock();
    try {
      watchers.add(told);
      watched = true;
    } finally {
      lock.unlock();
    }
    tell();
    return told;
  }

  private void tell() {
    if (!watched) {
      return;
    }
    List<CompletableFuture<Void>> told;
    lock.lock();
    try {
      if (working.size() > abandoned.size() || !waiting.isEmpty()) {
        return;
      }
      told = List.copyOf(watchers);
      watchers.clear();
      watched = false;
    } finally {
      lock.unlock();
    }
    told.forEach(one -> one.complete(null));
  }

  /** Lets what was begun end, and interrupts what has not ended by the deadline. */
  void close(Deadline deadline) {
    end();
    if (threads.clocks() != null) {
      Pool.close(threads.clocks(), deadline);
    }
    try {
      quiet().get(Math.max(0, deadline.remaining().toMillis()), TimeUnit.MILLISECONDS);
    } catch (TimeoutException | ExecutionException late) {
      interrupt();
    } catch (InterruptedException interrupted) {
      interrupt();
      Thread.currentThread().interrupt();
    }
  }

  private void end() {
    lock.lock();
    try {
      closed = true;
      wanted.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /** Takes no more, interrupts what runs, and drops what has not begun. */
  void interrupt() {
    end();
    List<Work> running;
    List<Work> dropped;
    lock.lock();
    try {
      running = List.copyOf(working);
      dropped = List.copyOf(waiting);
      waiting.clear();
    } finally {
      lock.unlock();
    }
    dropped.forEach(Work::drop);
    running.forEach(Work::interrupt);
    if (threads.clocks() != null) {
      Pool.interrupt(threads.clocks());
    }
    tell();
  }
}
