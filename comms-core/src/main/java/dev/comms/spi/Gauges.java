package dev.comms.spi;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.WeakHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.DoubleBinaryOperator;
import java.util.function.DoubleSupplier;

/**
 * Gauges of one owner, such as a subscription. Owners of the same registry, name and tags share one
 * meter, which shows what they have together; it ends with the last of them. (A registry alone
 * would show the first owner only, and nothing once that one has gone.) Safe for use by many
 * threads.
 */
public final class Gauges implements AutoCloseable {
  // Guarded by the class. An entry is there only while it has owners.
  private static final Map<MeterRegistry, Map<String, Shared>> ALL = new WeakHashMap<>();

  private final MeterRegistry registry;
  private final Map<String, DoubleSupplier> own = new HashMap<>();

  /** One meter and what its owners say. */
  private static final class Shared {
    final List<DoubleSupplier> owners = new CopyOnWriteArrayList<>();
    final Meter meter;

    Shared(
        MeterRegistry registry,
        String name,
        String description,
        Tags tags,
        DoubleBinaryOperator together) {
      this.meter =
          Gauge.builder(
                  name,
                  () ->
                      owners.stream().mapToDouble(DoubleSupplier::getAsDouble).reduce(0, together))
              .description(description)
              .tags(tags)
              .register(registry);
    }
  }

  public Gauges(MeterRegistry registry) {
    this.registry = registry;
  }

  /** A gauge whose owners' values are added, such as a lag. */
  public Gauges sum(String name, String description, Tags tags, DoubleSupplier value) {
    return add(name, description, tags, value, Double::sum);
  }

  /** A gauge of which the greatest value counts, such as an age. */
  public Gauges greatest(String name, String description, Tags tags, DoubleSupplier value) {
    return add(name, description, tags, value, Math::max);
  }

  private Gauges add(
      String name,
      String description,
      Tags tags,
      DoubleSupplier value,
      DoubleBinaryOperator together) {
    String id = name + " " + tags;
    synchronized (Gauges.class) {
      if (own.putIfAbsent(id, value) == null) {
        ALL.computeIfAbsent(registry, fresh -> new HashMap<>())
            .computeIfAbsent(id, fresh -> new Shared(registry, name, description, tags, together))
            .owners
            .add(value);
      }
    }
    return this;
  }

  /** This owner has none any more; a second call does nothing. */
  @Override
  public void close() {
    List<Meter> ended = new ArrayList<>();
    synchronized (Gauges.class) {
      Map<String, Shared> here = ALL.getOrDefault(registry, new HashMap<>());
      own.forEach(
          (id, value) -> {
            Shared shared = here.get(id);
            if (shared != null && shared.owners.remove(value) && shared.owners.isEmpty()) {
              here.remove(id);
              ended.add(shared.meter);
            }
          });
      own.clear();
      if (here.isEmpty()) {
        ALL.remove(registry);
      }
      // Inside, or a new owner's meter of the same name might be what is removed.
      ended.forEach(registry::remove);
    }
  }
}
