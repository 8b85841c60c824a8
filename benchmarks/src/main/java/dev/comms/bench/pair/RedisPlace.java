package dev.comms.bench.pair;

import dev.comms.testkit.brokers.BrokerNodes;
import io.lettuce.core.RedisClient;
import io.lettuce.core.api.StatefulRedisConnection;

/** A Redis of one process with its append-only file on. */
final class RedisPlace implements Place {
  private final BrokerNodes broker;
  private final RedisClient client;
  private final StatefulRedisConnection<String, String> connection;

  RedisPlace(BrokerNodes broker) {
    this.broker = broker;
    client = RedisClient.create(address());
    connection = client.connect();
  }

  @Override
  public String address() {
    return broker.address();
  }

  @Override
  public String name() {
    return broker.kind() + " " + broker.version();
  }

  @Override
  public void clear() {
    connection.sync().del(RawRedis.STREAM);
  }

  @Override
  public void close() {
    connection.close();
    client.shutdown();
    broker.close();
  }
}
