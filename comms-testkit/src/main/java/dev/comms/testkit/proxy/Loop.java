package dev.comms.testkit.proxy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.SelectableChannel;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The one thread of a proxy: it alone touches sockets and what is known of them. Others hand it
 * work by {@link #run}; all other methods are called on it.
 */
final class Loop {

  /** What is attached to a socket: told when the socket is ready. */
  interface Ready {
    void ready();
  }

  /** What has something to do at a time of its own. */
  interface Timed {
    long dueAt();

    void due();
  }

  private record Task(Runnable work, CompletableFuture<Void> done) {}

  private static final long END_MILLIS = 5_000;

  private final Selector selector;
  private final Thread thread;
  private final Runnable atEnd;
  private final long origin = System.nanoTime();
  private final Set<Timed> timed = new LinkedHashSet<>();

  /** Its monitor guards it, {@code stopping} and {@code failure}; each caller has at most one. */
  private final Queue<Task> tasks = new ArrayDeque<>();

  private boolean stopping;
  private @Nullable Throwable failure;

  Loop(String name, Selector selector, Runnable atEnd) {
    this.selector = selector;
    this.atEnd = atEnd;
    thread = new Thread(this::turn, name);
    thread.setDaemon(true);
  }

  void start() {
    thread.start();
  }

  /**
   * Runs the work on the loop's thread and waits for it; any thread, without heed to interrupts: it
   * does not take long.
   *
   * @return false if the loop has ended
   */
  boolean run(Runnable work) {
    Task task = new Task(work, new CompletableFuture<>());
    synchronized (tasks) {
      if (failure != null) {
        throw new IllegalStateException("proxy: it ended by a failure of its own", failure);
      }
      if (stopping) {
        return false;
      }
      tasks.add(task);
    }
    selector.wakeup();
    try {
      task.done.join();
      return true;
    } catch (CompletionException e) {
      throw e.getCause() instanceof RuntimeException known ? known : e;
    }
  }

  /** Ends the thread when it has done what it was given, and waits for that; any thread. */
  void end() {
    synchronized (tasks) {
      stopping = true;
    }
    selector.wakeup();
    boolean interrupted = false;
    long until = now() + TimeUnit.MILLISECONDS.toNanos(END_MILLIS);
    while (thread.isAlive() && now() < until) {
      try {
        thread.join(END_MILLIS);
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  /** Nanoseconds since the loop was made. */
  long now() {
    return System.nanoTime() - origin;
  }

  SelectionKey register(SelectableChannel channel, int ops, Ready ready) throws IOException {
    return channel.register(selector, ops, ready);
  }

  /** A socket that was closed is so for the system only when the selector has forgotten it. */
  void flush() {
    try {
      selector.selectNow(Loop::ready);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  void time(Timed one) {
    if (one.dueAt() == Flow.NEVER) {
      timed.remove(one);
    } else {
      timed.add(one);
    }
  }

  void forget(Timed one) {
    timed.remove(one);
  }

  private void turn() {
    Throwable reason = null;
    try {
      while (!ending()) {
        select();
        runTasks();
        runDue();
      }
    } catch (IOException | RuntimeException | Error e) {
      reason = e;
    } finally {
      close(reason);
    }
  }

  private boolean ending() {
    synchronized (tasks) {
      return stopping && tasks.isEmpty();
    }
  }

  private static void ready(SelectionKey key) {
    if (key.isValid() && key.attachment() instanceof Ready one) {
      one.ready();
    }
  }

  private void runTasks() {
    List<Task> batch;
    synchronized (tasks) {
      batch = new ArrayList<>(tasks);
      tasks.clear();
    }
    if (batch.isEmpty()) {
      return;
    }
    List<Runnable> answers = new ArrayList<>();
    for (Task task : batch) {
      try {
        task.work.run();
        answers.add(() -> task.done.complete(null));
      } catch (RuntimeException | Error e) {
        answers.add(() -> task.done.completeExceptionally(e));
      }
    }
    try {
      flush();
    } finally {
      answers.forEach(Runnable::run);
    }
  }

  private void runDue() {
    if (!timed.isEmpty()) {
      long now = now();
      for (Timed one : List.copyOf(timed)) {
        if (one.dueAt() <= now) {
          one.due();
        }
      }
    }
  }

  private void select() throws IOException {
    long first = Flow.NEVER;
    for (Timed one : timed) {
      first = Math.min(first, one.dueAt());
    }
    long left = first - now();
    if (first == Flow.NEVER) {
      selector.select(Loop::ready);
    } else if (left <= 0) {
      selector.selectNow(Loop::ready);
    } else {
      long milli = TimeUnit.MILLISECONDS.toNanos(1);
      selector.select(Loop::ready, (left + milli - 1) / milli);
    }
  }

  private void close(@Nullable Throwable reason) {
    List<Task> left;
    synchronized (tasks) {
      stopping = true;
      failure = reason;
      left = new ArrayList<>(tasks);
      tasks.clear();
    }
    try (selector) {
      atEnd.run();
      flush();
    } catch (IOException | RuntimeException e) {
      // the sockets that could be closed are
    }
    IllegalStateException ended = new IllegalStateException("proxy: it ended by a failure", reason);
    left.forEach(task -> task.done.completeExceptionally(ended));
  }
}
