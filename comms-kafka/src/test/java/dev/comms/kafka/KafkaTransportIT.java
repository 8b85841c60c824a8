package dev.comms.kafka;

import dev.comms.spi.EventTransport;
import dev.comms.testkit.brokers.Brokers;
import dev.comms.testkit.kit.EventConformance;
import java.time.Duration;

/** Kafka keeps what the kit promises, with the group protocol of all brokers. */
class KafkaTransportIT extends EventConformance {

  @Override
  protected EventTransport transport(String space) {
    return KafkaTransport.at(Brokers.shared().kafka().address())
        .confirmedWithin(Duration.ofSeconds(20))
        .creatingTopics(3)
        .prefix(space + ".");
  }
}
