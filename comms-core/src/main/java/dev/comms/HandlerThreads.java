package dev.comms;

import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * Where the threads of a crew come from.
 *
 * @param begin runs a work on a thread, or rejects it
 * @param clocks the same, if the clock brought it, or null: it is closed with its crew
 * @param own whether a thread may wait for the next work; a virtual or a lent one is given back
 */
record HandlerThreads(Executor begin, @Nullable ExecutorService clocks, boolean own) {

  /**
   * Those of the clock if it brings them, else virtual ones where there are any, unless platform
   * threads are wanted.
   */
  static HandlerThreads of(Engine engine, String name) {
    ExecutorService clocks = engine.time.executor(name);
    if (clocks != null) {
      return new HandlerThreads(clocks, clocks, false);
    }
    ThreadFactory virtual = engine.platformThreads ? null : VirtualThreads.named(name);
    return virtual == null
        ? new HandlerThreads(starting(platform(name)), null, true)
        : new HandlerThreads(starting(virtual), null, false);
  }

  /**
   * Those of somebody else's executor, which may refuse; a clock that runs all work runs this too.
   */
  static HandlerThreads lent(Engine engine, String name, Executor executor) {
    ExecutorService clocks = engine.time.executor(name);
    return clocks != null
        ? new HandlerThreads(clocks, clocks, false)
        : new HandlerThreads(executor, null, false);
  }

  private static Executor starting(ThreadFactory factory) {
    ClassLoader loader = Thread.currentThread().getContextClassLoader();
    return work -> {
      Thread thread = factory.newThread(work);
      thread.setContextClassLoader(loader);
      thread.start();
    };
  }

  private static ThreadFactory platform(String name) {
    AtomicInteger number = new AtomicInteger();
    return work -> {
      // It may be begun on the thread of a handler, of which it inherits nothing.
      Thread thread = new Thread(null, work, name + "-" + number.incrementAndGet(), 0, false);
      thread.setDaemon(true);
      return thread;
    };
  }
}
