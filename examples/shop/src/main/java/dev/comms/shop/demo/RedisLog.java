package dev.comms.shop.demo;

import io.lettuce.core.KeyScanCursor;
import io.lettuce.core.Limit;
import io.lettuce.core.Range;
import io.lettuce.core.RedisClient;
import io.lettuce.core.ScanArgs;
import io.lettuce.core.ScanCursor;
import io.lettuce.core.StreamMessage;
import io.lettuce.core.api.StatefulRedisConnection;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Reads a stream and deletes keys, with nothing but Redis commands. */
final class RedisLog {
  private static final int AT_A_TIME = 1_000;

  private RedisLog() {}

  /** Reads a stream from its beginning: what each entry tells, also if another has the same id. */
  static List<Findings.Told> read(String uri, String stream) {
    List<Findings.Told> events = new ArrayList<>();
    RedisClient client = RedisClient.create(uri);
    try (StatefulRedisConnection<String, String> connection = client.connect()) {
      Range<String> range = Range.unbounded();
      List<StreamMessage<String, String>> page;
      do {
        page = connection.sync().xrange(stream, range, Limit.from(AT_A_TIME));
        for (StreamMessage<String, String> entry : page) {
          events.add(told(entry.getBody()));
          range = Range.from(Range.Boundary.excluding(entry.getId()), Range.Boundary.unbounded());
        }
      } while (page.size() == AT_A_TIME);
    } finally {
      client.shutdown();
    }
    return events;
  }

  /** Deletes the keys that match, found by {@code SCAN}. */
  static void delete(String uri, String pattern, Duration limit) {
    RedisClient client = RedisClient.create(uri);
    try (StatefulRedisConnection<String, String> connection = client.connect()) {
      connection.setTimeout(limit);
      ScanArgs matching = ScanArgs.Builder.matches(pattern).limit(AT_A_TIME);
      ScanCursor at = ScanCursor.INITIAL;
      do {
        KeyScanCursor<String> page = connection.sync().scan(at, matching);
        if (!page.getKeys().isEmpty()) {
          connection.sync().unlink(page.getKeys().toArray(String[]::new));
        }
        at = page;
      } while (!at.isFinished());
    } finally {
      client.shutdown(Duration.ZERO, limit);
    }
  }

  private static Findings.Told told(Map<String, String> entry) {
    byte[] body = entry.getOrDefault("data", "").getBytes(StandardCharsets.UTF_8);
    return new Findings.Told(
        entry.getOrDefault("id", ""), Bodies.orderOf(body), Bodies.text(body, "status"));
  }
}
