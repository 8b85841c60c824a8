package dev.comms.shop.services;

import java.util.LinkedHashMap;
import java.util.Map;
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

  void changed(int product, int stock) {
    readers.forEach(reader -> reader.put(product, stock));
  }

  /** Ends every reader. */
  @Override
  public void close() {
    readers.forEach(Reader::close);
  }

  /** One stream's changes. */
  final class Reader implements AutoCloseable {
    private final Map<Integer, Integer> waiting = new LinkedHashMap<>();
    private boolean closed;

    private synchronized void put(int product, int stock) {
      waiting.remove(product);
      waiting.put(product, stock);
      notifyAll();
    }

    /** What changed since the last time, oldest first; empty after the wait, null at the end. */
    synchronized @Nullable Map<Integer, Integer> next(long waitMillis) throws InterruptedException {
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
      Map<Integer, Integer> changes = new LinkedHashMap<>(waiting);
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
