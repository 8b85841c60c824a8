package dev.comms.shop.demo;

import java.util.ArrayDeque;
import java.util.Deque;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What must be ended, the youngest first. Safe for use by many threads. */
final class Ends implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Ends.class);

  private final Deque<AutoCloseable> open = new ArrayDeque<>();
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

  @Override
  public void close() {
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
