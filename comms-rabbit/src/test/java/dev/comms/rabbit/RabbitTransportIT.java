package dev.comms.rabbit;

import dev.comms.spi.TaskTransport;
import dev.comms.testkit.brokers.Brokers;
import dev.comms.testkit.kit.TaskConformance;
import java.time.Duration;

/** What every task transport promises, on a real RabbitMQ. */
class RabbitTransportIT extends TaskConformance {

  @Override
  protected TaskTransport transport(String space) {
    return RabbitTransport.of(
        RabbitConfig.at(Brokers.shared().rabbit().address())
            .confirmedWithin(Duration.ofSeconds(10))
            .namespace(space));
  }
}
