package dev.comms.bench.pair;

import dev.comms.testkit.brokers.BrokerNodes;

/** A Kafka of one node, on which our transport has created the topic that both sides use. */
final class KafkaPlace implements Place {
  private final BrokerNodes broker;

  KafkaPlace(BrokerNodes broker) {
    this.broker = broker;
    try (CommsSide first = CommsSide.publishKafka(address())) {
      first.one();
    }
  }

  @Override
  public String address() {
    return broker.address();
  }

  @Override
  public String name() {
    return broker.kind() + " " + broker.version();
  }

  /** A log takes as long to append to, however long it is. */
  @Override
  public void clear() {}

  @Override
  public void close() {
    broker.close();
  }
}
