package dev.comms.rabbit;

import com.rabbitmq.client.AMQP.BasicProperties;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * How often this process lost the connection under a task it held, and lived on: the broker counts
 * that like a crash. Remembers the latest 65,536 attempts; thread-safe.
 */
final class Losses {
  private static final int MOST = 65_536;

  private final Map<String, Integer> counts = // guarded by this
      new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Integer> eldest) {
          return size() > MOST;
        }
      };

  /** What the broker's count belongs to; null if the message carries nothing to know it by. */
  static @Nullable String key(BasicProperties properties) {
    String id = properties.getMessageId();
    return id == null || id.isEmpty()
        ? null
        : id + ' ' + EnvelopeMapper.attempt(properties) + ' ' + EnvelopeMapper.redrive(properties);
  }

  synchronized void add(String key) {
    counts.merge(key, 1, Integer::sum);
  }

  synchronized int of(String key) {
    return counts.getOrDefault(key, 0);
  }
}
