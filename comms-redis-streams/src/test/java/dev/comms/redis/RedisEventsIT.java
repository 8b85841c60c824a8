package dev.comms.redis;

import dev.comms.spi.EventTransport;
import dev.comms.testkit.brokers.Brokers;
import dev.comms.testkit.kit.EventConformance;
import java.time.Duration;

class RedisEventsIT extends EventConformance {
  @Override
  protected EventTransport transport(String space) {
    return RedisTransport.of(
        RedisConfig.at(Brokers.shared().redis().address())
            .confirmedWithin(Duration.ofSeconds(10))
            .namespace(space)
            .lease(Duration.ofSeconds(3)));
  }
}
