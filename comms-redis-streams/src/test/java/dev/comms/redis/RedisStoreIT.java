package dev.comms.redis;

import dev.comms.spi.Store;
import dev.comms.testkit.brokers.Brokers;
import dev.comms.testkit.kit.StoreConformance;
import java.time.Duration;

class RedisStoreIT extends StoreConformance {
  @Override
  protected Store store(String space) {
    return RedisStore.of(
        RedisConfig.at(Brokers.shared().redis().address())
            .confirmedWithin(Duration.ofSeconds(10))
            .namespace(space));
  }
}
