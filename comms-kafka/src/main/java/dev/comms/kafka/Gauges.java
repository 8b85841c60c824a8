package dev.comms.kafka;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import java.util.List;
import java.util.function.Supplier;

/** The meters of one subscription; its gauges end with it. */
final class Gauges implements AutoCloseable {
  private final MeterRegistry registry;
  private final Counter voids;
  private final List<Meter> all;

  Gauges(
      MeterRegistry registry,
      String events,
      String group,
      Supplier<Number> lag,
      Supplier<Number> oldestSeconds) {
    this.registry = registry;
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
            .register(registry);
    this.all =
        List.of(
            Gauge.builder("comms.consumer.lag", lag)
                .description("events in the log that this member has not finished")
                .tags(tags)
                .register(registry),
            Gauge.builder("comms.consumer.oldest.unfinished", oldestSeconds)
                .description("age of the oldest delivery that is not settled")
                .baseUnit("seconds")
                .tags(tags)
                .register(registry));
  }

  void countVoid() {
    voids.increment();
  }

  @Override
  public void close() {
    all.forEach(registry::remove);
  }
}
