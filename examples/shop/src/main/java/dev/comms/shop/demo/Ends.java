package dev.comms.shop.demo;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What must be ended, the youngest first. Safe for use by many threads. */
final class Ends implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Ends.class);

  private final Deque<AutoCloseable> open = new ArrayDeque<>();
  private @Nullable AutoCloseable last;
  private boolean closed;

  /** Remembers it; if everything was ended already, it is ended at once. */
  <T extends AutoCloseable> T push(T resource) {
    boolean late;
    synchronized (this) {
      late = closed;
      if (!late) {
        open.push(resource);
      }
    }
    if (late) {
      end(resource);
      throw new IllegalStateException("stopped");
    }
    return resource;
  }

  /** Remembers what must be ended after all others, and also if one of those never ends. */
  void last(AutoCloseable resource) {
    boolean late;
    synchronized (this) {
      late = closed;
      last = resource;
    }
    if (late) {
      end(resource);
      throw new IllegalStateException("stopped");
    }
  }

  /** Ends all, but waits at most so long before the last is ended and this returns. */
  void closeWithin(Duration limit) {
    Thread others = new Thread(this::closeOthers, "demo-close");
    others.setDaemon(true);
    others.start();
    try {
      others.join(limit.toMillis());
    } catch (InterruptedException enough) {
      Thread.currentThread().interrupt();
    }
    closeLast();
  }

  @Override
  public void close() {
    closeOthers();
    closeLast();
  }

  private void closeLast() {
    AutoCloseable resource;
    synchronized (this) {
      resource = last;
    }
    if (resource != null) {
      end(resource);
    }
  }

  private void closeOthers() {
    Deque<AutoCloseable> ending;
    synchronized (this) {
      closed = true;
      ending = new ArrayDeque<>(open);
      open.clear();
    }
    ending.forEach(Ends::end);
  }

  private static void end(AutoCloseable resource) {
    try {
      resource.close();
    } catch (Exception failure) {
      LOG.warn("{} could not be ended: {}", resource, failure.toString());
    }
  }
}
