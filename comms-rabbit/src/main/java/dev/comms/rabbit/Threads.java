package dev.comms.rabbit;

import java.util.concurrent.ThreadFactory;
import java.util.concurrent.atomic.AtomicInteger;

/** Daemon threads with names: none of them keeps a process alive. */
final class Threads {
  private Threads() {}

  static Thread named(String name, Runnable work) {
    Thread thread = new Thread(work, name);
    thread.setDaemon(true);
    return thread;
  }

  static ThreadFactory numbered(String prefix) {
    AtomicInteger next = new AtomicInteger();
    return work -> named(prefix + "-" + next.incrementAndGet(), work);
  }

  /** Waits a while for an end that was asked for; an interrupt ends the wait. */
  static void join(Thread thread, long millis) {
    if (thread == Thread.currentThread()) {
      return;
    }
    try {
      thread.join(millis);
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
