package dev.comms.kafka;

import java.util.Map;
import org.apache.kafka.common.Metric;
import org.apache.kafka.common.MetricName;
import org.jspecify.annotations.Nullable;

/**
 * Whether a client has any connection, as its own metric {@code connection-count} tells: a client
 * whose brokers are gone goes on in silence. Thread-safe.
 */
final class Connections {
  private final @Nullable Metric count;

  Connections(Map<MetricName, ? extends Metric> metrics, String group) {
    this.count =
        metrics.entrySet().stream()
            .filter(
                one ->
                    one.getKey().name().equals("connection-count")
                        && one.getKey().group().equals(group))
            .map(Map.Entry::getValue)
            .findFirst()
            .orElse(null);
  }

  /** True if it certainly has none. */
  boolean none() {
    return count != null && count.metricValue() instanceof Number number && number.intValue() == 0;
  }
}
