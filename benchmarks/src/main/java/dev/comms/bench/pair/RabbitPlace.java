package dev.comms.bench.pair;

import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.ConnectionFactory;
import dev.comms.testkit.brokers.RabbitCluster;
import java.io.IOException;

/** A RabbitMQ of one node, on which our transport has declared the queue that both sides use. */
final class RabbitPlace implements Place {
  private static final String QUEUE = "comms:bench:work:v1";

  private final RabbitCluster broker;
  private final Connection connection;
  private final Channel channel;

  RabbitPlace(RabbitCluster broker) throws Exception {
    this.broker = broker;
    try (CommsSide first = CommsSide.submit(address())) {
      first.one();
    }
    ConnectionFactory factory = new ConnectionFactory();
    factory.setUri(address());
    connection = factory.newConnection("bench clears");
    channel = connection.createChannel();
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
  public void clear() throws Exception {
    channel.queuePurge(QUEUE);
  }

  @Override
  public void close() throws IOException {
    connection.close();
    broker.close();
  }
}
