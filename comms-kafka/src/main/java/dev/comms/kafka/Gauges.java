package dev.comms.kafka;

import dev.comms.spi.Host;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Tags;
import java.util.function.DoubleSupplier;

/** The meters of one subscription; its gauges end with it. */
final class Gauges implements AutoCloseable {
  private final Counter voids;
  private final dev.comms.spi.Gauges all;

  Gauges(Host host, String events, String group, DoubleSupplier lag, DoubleSupplier oldestSeconds) {
    Tags tags =
        Tags.of(
            "messaging.system",
            "kafka",
            "messaging.destination.name",
            events,
            "messaging.consumer.group.name",
            group);
    this.voids =
        Counter.builder("comms.settle.void")
            .description("settlements of what the broker had taken back")
            .tag("messaging.system", "kafka")
            .tag("contract", events)
            .register(host.meters());
    this.all =
        new dev.comms.spi.Gauges(host.meters())
            .sum("comms.consumer.lag", "events in the log that are not finished here", tags, lag)
            .greatest(
                "comms.consumer.oldest.unfinished",
                "age in seconds of the oldest delivery that is not settled",
                tags,
                oldestSeconds);
  }

  void countVoid() {
    voids.increment();
  }

  @Override
  public void close() {
    all.close();
  }
}
