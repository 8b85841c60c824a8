package dev.comms.redis;

import dev.comms.spi.TaskTransport;
import dev.comms.testkit.brokers.Brokers;
import dev.comms.testkit.kit.TaskConformance;
import java.time.Duration;

class RedisTasksIT extends TaskConformance {
  @Override
  protected TaskTransport transport(String space) {
    return RedisTransport.of(
        RedisConfig.at(Brokers.shared().redis().address())
            .confirmedWithin(Duration.ofSeconds(10))
            .namespace(space)
            .lease(Duration.ofSeconds(3)));
  }
}
