package dev.comms;

import dev.comms.contract.CommsException;
import dev.comms.contract.Deadline;
import dev.comms.contract.Time;
import dev.comms.spi.Health;
import dev.comms.spi.Subscription;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One schedule at work in this instance: a timer to the next due time, and those that are due, one
 * after the other. All fields are guarded by this; nothing is asked of the store under the lock.
 */
final class Schedules implements Subscription {
  private static final Logger LOG = LoggerFactory.getLogger(Schedules.class);

  /** The wall clock may be set, so the timer looks at it again before long. */
  private static final Duration LONGEST_TIMER = Duration.ofMinutes(10);

  private static final Duration OTHERS_TURN = Duration.ofSeconds(2);
  private static final Duration FIRST_PAUSE = Duration.ofSeconds(1);
  private static final Duration LONGEST_PAUSE = Duration.ofMinutes(1);
  private static final int MOST_WAITING = 10_000;

  private final Engine engine;
  private final String name;
  private final Rhythm rhythm;
  private final Executor pool;
  private final Function<Instant, CompletableFuture<Boolean>> fire;
  private final Supplier<CompletableFuture<Instant>> begin;
  private final Instant since;
  private final Deque<Instant> waiting = new ArrayDeque<>();
  private final CompletableFuture<Void> ended = new CompletableFuture<>();
  private @Nullable Instant armed;
  private Time.@Nullable Cancellable timer;
  private Time.@Nullable Cancellable again;
  private Duration pause = FIRST_PAUSE;
  private String failure = "";
  private boolean busy;
  private boolean paused;
  private boolean ending;

  /**
   * @param fire settles a due time; false if another instance is at it
   * @param begin the latest due time that was settled
   */
  Schedules(
      Engine engine,
      String name,
      Rhythm rhythm,
      Executor pool,
      Function<Instant, CompletableFuture<Boolean>> fire,
      Supplier<CompletableFuture<Instant>> begin) {
    this.engine = engine;
    this.name = name;
    this.rhythm = rhythm;
    this.pool = pool;
    this.fire = fire;
    this.begin = begin;
    this.since = engine.time.now();
  }

  /** What was due while nobody ran is due now, but only the latest of it. */
  Subscription start() {
    Instant now = engine.time.now();
    Instant latest = rhythm.latest(now);
    synchronized (this) {
      busy = true;
      arm(rhythm.next(now));
    }
    pool.execute(
        () ->
            tried(begin)
                .whenComplete(
                    (done, failed) -> {
                      if (failed != null) {
                        failed(failed, latest);
                      } else {
                        settled(done.isBefore(latest) ? latest : null);
                      }
                    }));
    return this;
  }

  private synchronized void arm(Instant next) {
    armed = next;
    Duration wait = Duration.between(engine.time.now(), next);
    timer =
        engine.time.schedule(wait.compareTo(LONGEST_TIMER) > 0 ? LONGEST_TIMER : wait, this::tick);
  }

  /**
   * On the timer's thread: of several that are due at once, as after a sleep, the latest counts.
   */
  private void tick() {
    note();
    proceed();
  }

  private synchronized void note() {
    Instant next = armed;
    if (ending || next == null) {
      return;
    }
    Instant now = engine.time.now();
    if (now.isBefore(next)) {
      arm(next);
      return;
    }
    Instant latest = rhythm.latest(now);
    if (!paused) {
      waiting.add(latest);
    }
    if (waiting.size() > MOST_WAITING) {
      waiting.remove();
    }
    arm(rhythm.next(now));
  }

  private void proceed() {
    Instant due;
    boolean over;
    synchronized (this) {
      due = busy || ending || again != null ? null : waiting.poll();
      busy |= due != null;
      over = ending && !busy;
    }
    if (due != null) {
      pool.execute(() -> fire(due));
    } else if (over) {
      engine.callbacks.execute(() -> ended.complete(null));
    }
  }

  private void fire(Instant due) {
    tried(() -> fire.apply(due))
        .whenComplete(
            (mine, failed) -> {
              if (failed != null) {
                failed(failed, due);
              } else if (mine) {
                settled(null);
              } else {
                later(OTHERS_TURN, due, "");
              }
            });
  }

  private static <T> CompletableFuture<T> tried(Supplier<CompletableFuture<T>> step) {
    try {
      return step.get();
    } catch (RuntimeException failed) {
      return CompletableFuture.failedFuture(failed);
    }
  }

  private void settled(@Nullable Instant more) {
    synchronized (this) {
      busy = false;
      pause = FIRST_PAUSE;
      failure = "";
      if (more != null && !paused) {
        waiting.addFirst(more);
      }
    }
    proceed();
  }

  /** What waits behind a failure is late already: then only the latest is wanted. */
  private void failed(Throwable thrown, Instant due) {
    CommsException why = CommsException.of(name, thrown);
    Duration wait;
    synchronized (this) {
      wait = pause;
      Duration doubled = pause.multipliedBy(2);
      pause = doubled.compareTo(LONGEST_PAUSE) > 0 ? LONGEST_PAUSE : doubled;
    }
    LOG.warn(
        "schedule {}: {} could not be submitted: {}; tried again in {} s",
        name,
        due,
        why.getMessage(),
        wait.toSeconds());
    later(wait, due, why.reason());
  }

  private void later(Duration wait, Instant due, String why) {
    synchronized (this) {
      busy = false;
      failure = why;
      if (!why.isEmpty() && !waiting.isEmpty()) {
        Instant latest = waiting.getLast();
        waiting.clear();
        waiting.add(latest);
      } else if (!paused) {
        waiting.addFirst(due);
      }
      if (!ending) {
        again = engine.time.schedule(wait, this::again);
      }
    }
    proceed();
  }

  private void again() {
    synchronized (this) {
      again = null;
    }
    proceed();
  }

  @Override
  public synchronized void pause() {
    paused = true;
    waiting.clear();
  }

  @Override
  public synchronized void resume() {
    paused = false;
  }

  @Override
  public synchronized Health health() {
    Map<String, String> facts =
        failure.isEmpty()
            ? Map.of("next", String.valueOf(armed))
            : Map.of("next", String.valueOf(armed), "failure", failure);
    Health.State state = ending ? Health.State.DRAINING : Health.State.UP;
    return Health.of(List.of(new Health.Part("schedule " + name, state, since, facts)));
  }

  /** What is being submitted ends; what waits is left to other instances, or to the next start. */
  @Override
  public CompletableFuture<Void> drain(Deadline deadline) {
    close();
    proceed();
    return ended;
  }

  @Override
  public synchronized void close() {
    ending = true;
    if (timer != null) {
      timer.cancel();
    }
    if (again != null) {
      again.cancel();
    }
  }
}
