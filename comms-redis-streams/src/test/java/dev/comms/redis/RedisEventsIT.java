package dev.comms.redis;

import dev.comms.spi.EventTransport;
import dev.comms.testkit.brokers.Brokers;
import dev.comms.testkit.kit.EventConformance;
import dev.comms.testkit.kit.Refusal;
import java.time.Duration;
import java.util.Set;

class RedisEventsIT extends EventConformance {
  @Override
  protected EventTransport transport(String space) {
    return RedisTransport.of(
        RedisConfig.at(Brokers.shared().redis().address())
            .confirmedWithin(Duration.ofSeconds(10))
            .namespace(space)
            .lease(Duration.ofSeconds(3)));
  }

  /** A stream has one leased reader, so that each key keeps its order. */
  @Override
  protected Set<Refusal> refusals() {
    return Set.of(Refusal.MEMBERS_AT_ONCE);
  }
}
