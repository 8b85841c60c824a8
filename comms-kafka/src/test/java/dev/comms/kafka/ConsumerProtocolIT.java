package dev.comms.kafka;

import dev.comms.kafka.KafkaConfig.Protocol;
import dev.comms.spi.EventTransport;
import dev.comms.testkit.brokers.Brokers;
import dev.comms.testkit.kit.EventConformance;
import java.time.Duration;

/** Kafka keeps what the kit promises, with the group protocol of KIP-848. */
class ConsumerProtocolIT extends EventConformance {

  @Override
  protected EventTransport transport(String space) {
    return KafkaTransport.of(
        KafkaConfig.at(Brokers.shared().kafka().address())
            .confirmedWithin(Duration.ofSeconds(20))
            .creatingTopics(3)
            .prefix(space + ".")
            .protocol(Protocol.CONSUMER));
  }
}
