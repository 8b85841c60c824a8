package dev.comms.shop.demo;

import io.lettuce.core.Limit;
import io.lettuce.core.Range;
import io.lettuce.core.RedisClient;
import io.lettuce.core.StreamMessage;
import io.lettuce.core.api.StatefulRedisConnection;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Reads a stream from its beginning to its end, with nothing but Redis commands. */
final class RedisLog {
  private static final int AT_A_TIME = 1_000;

  private RedisLog() {}

  /** Each event's id and the order that its body names. */
  static Map<String, String> read(String uri, String stream) {
    Map<String, String> events = new HashMap<>();
    RedisClient client = RedisClient.create(uri);
    try (StatefulRedisConnection<String, String> connection = client.connect()) {
      Range<String> range = Range.unbounded();
      List<StreamMessage<String, String>> page;
      do {
        page = connection.sync().xrange(stream, range, Limit.from(AT_A_TIME));
        for (StreamMessage<String, String> entry : page) {
          String id = entry.getBody().getOrDefault("id", "");
          String body = entry.getBody().getOrDefault("data", "");
          events.put(id, Bodies.orderOf(body.getBytes(StandardCharsets.UTF_8)));
          range = Range.from(Range.Boundary.excluding(entry.getId()), Range.Boundary.unbounded());
        }
      } while (page.size() == AT_A_TIME);
    } finally {
      client.shutdown();
    }
    return events;
  }
}
