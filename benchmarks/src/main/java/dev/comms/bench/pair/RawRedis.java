package dev.comms.bench.pair;

import io.lettuce.core.ClientOptions;
import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisURI;
import io.lettuce.core.TimeoutOptions;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.codec.ByteArrayCodec;
import io.lettuce.core.codec.RedisCodec;
import io.lettuce.core.codec.StringCodec;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;

/** XADD of the same fields to the same stream, on one connection with the same options. */
final class RawRedis implements Side {
  static final String STREAM = "{comms:event:" + Messages.EVENT.name() + "}:log";
  private static final int QUEUE = 131_072;

  private final RedisClient client;
  private final StatefulRedisConnection<String, byte[]> connection;

  RawRedis(String address) {
    RedisURI uri = RedisURI.create(address);
    uri.setTimeout(Messages.LIMIT);
    client = RedisClient.create(uri);
    client.setOptions(
        ClientOptions.builder()
            .disconnectedBehavior(ClientOptions.DisconnectedBehavior.REJECT_COMMANDS)
            .requestQueueSize(QUEUE)
            .replayFilter(command -> true)
            .timeoutOptions(TimeoutOptions.enabled())
            .build());
    connection = client.connect(RedisCodec.of(StringCodec.UTF8, ByteArrayCodec.INSTANCE));
  }

  private static Map<String, byte[]> fields() {
    Map<String, byte[]> fields = new LinkedHashMap<>();
    put(fields, "specversion", "1.0");
    put(fields, "id", Messages.id());
    put(fields, "type", Messages.EVENT.name());
    put(fields, "source", Messages.SERVICE);
    put(fields, "time", Instant.now().toString());
    put(fields, "datacontenttype", Messages.CONTENT_TYPE);
    put(fields, "key", Messages.KEY);
    fields.put("data", Messages.BODY);
    return fields;
  }

  private static void put(Map<String, byte[]> fields, String name, String value) {
    fields.put(name, value.getBytes(StandardCharsets.UTF_8));
  }

  @Override
  public void one() {
    connection.sync().xadd(STREAM, fields());
  }

  @Override
  @SuppressWarnings("FutureReturnValueIgnored") // what it ends with is told to done
  public void begin(Done done) {
    connection.async().xadd(STREAM, fields()).whenComplete(done);
  }

  @Override
  public void close() {
    connection.close();
    client.shutdown();
  }
}
