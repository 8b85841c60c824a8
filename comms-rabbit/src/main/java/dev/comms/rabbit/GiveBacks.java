package dev.comms.rabbit;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * How often this process gave a task back: before 4.3 the broker counts that like a crash, and does
 * not tell the two apart. Remembers the latest 4,096 tasks; thread-safe.
 */
final class GiveBacks {
  private static final int MOST = 4_096;

  private final Map<String, Integer> counts = // guarded by this
      new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Integer> eldest) {
          return size() > MOST;
        }
      };

  synchronized void add(String id) {
    counts.merge(id, 1, Integer::sum);
  }

  synchronized int of(String id) {
    return counts.getOrDefault(id, 0);
  }

  synchronized void forget(String id) {
    counts.remove(id);
  }
}
