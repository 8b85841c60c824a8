package dev.comms.shop.services;

import java.util.LinkedHashSet;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Tells the open streams of this instance what changed. A reader that is slow sees the latest stock
 * of each product instead of every step, so what waits is bounded by the number of products.
 */
final class StockFeed implements AutoCloseable {
  private final Set<Reader> readers = ConcurrentHashMap.newKeySet();

  /** Begins to collect changes for one reader, who closes it. */
  Reader open() {
    Reader reader = new Reader();
    readers.add(reader);
    return reader;
  }

  /**
   * Says that a row has changed, after its commit. Not to what: two threads would tell their values
   * in any order, so the reader looks at the row itself.
   */
  void changed(int product) {
    readers.forEach(reader -> reader.mark(product));
  }

  /** Ends every reader. */
  @Override
  public void close() {
    readers.forEach(Reader::close);
  }

  /** One stream's changes. */
  final class Reader implements AutoCloseable {
    private final Set<Integer> waiting = new LinkedHashSet<>();
    private boolean closed;

    private synchronized void mark(int product) {
      waiting.add(product);
      notifyAll();
    }

    /** Which changed since the last time, oldest first; empty after the wait, null at the end. */
    synchronized @Nullable Set<Integer> next(long waitMillis) throws InterruptedException {
      long until = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(waitMillis);
      while (waiting.isEmpty() && !closed) {
        long left = TimeUnit.NANOSECONDS.toMillis(until - System.nanoTime());
        if (left <= 0) {
          break;
        }
        wait(left);
      }
      if (closed) {
        return null;
      }
      Set<Integer> changes = new LinkedHashSet<>(waiting);
      waiting.clear();
      return changes;
    }

    @Override
    public void close() {
      readers.remove(this);
      synchronized (this) {
        closed = true;
        notifyAll();
      }
    }
  }
}
