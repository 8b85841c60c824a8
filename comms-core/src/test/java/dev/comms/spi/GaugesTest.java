package dev.comms.spi;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import org.junit.jupiter.api.Test;

class GaugesTest {
  private static final Tags TAGS = Tags.of("group", "readers");
  private final MeterRegistry registry = new SimpleMeterRegistry();

  private Gauges owner(double lag, double age) {
    return new Gauges(registry)
        .sum("lag", "behind", TAGS, () -> lag)
        .greatest("age", "oldest", TAGS, () -> age);
  }

  private double shown(String name) {
    return registry.get(name).gauge().value();
  }

  @Test
  void ownersOfOneNameShareOneMeterWhichEndsWithTheLast() {
    Gauges first = owner(3, 10);
    Gauges second = owner(4, 7);
    assertThat(shown("lag")).isEqualTo(7);
    assertThat(shown("age")).isEqualTo(10);
    first.close();
    first.close();
    assertThat(shown("lag")).isEqualTo(4);
    assertThat(shown("age")).isEqualTo(7);
    second.close();
    assertThat(registry.getMeters()).isEmpty();
    Gauges third = owner(1, 1);
    assertThat(shown("lag")).isEqualTo(1);
    third.close();
  }

  @Test
  void otherTagsAndOtherRegistriesAreOtherMeters() {
    MeterRegistry other = new SimpleMeterRegistry();
    Gauges here = owner(3, 10);
    Gauges there = new Gauges(other).sum("lag", "behind", TAGS, () -> 5);
    Gauges group = new Gauges(registry).sum("lag", "behind", Tags.of("group", "b"), () -> 6);
    assertThat(registry.get("lag").tags(TAGS).gauge().value()).isEqualTo(3);
    assertThat(registry.get("lag").tag("group", "b").gauge().value()).isEqualTo(6);
    assertThat(other.get("lag").gauge().value()).isEqualTo(5);
    here.close();
    assertThat(registry.get("lag").gauge().value()).isEqualTo(6);
    there.close();
    group.close();
  }

  @Test
  void anOwnerNamesAGaugeOnce() {
    Gauges twice = owner(3, 1).sum("lag", "behind", TAGS, () -> 9);
    assertThat(shown("lag")).isEqualTo(3);
    twice.close();
    assertThat(registry.getMeters()).isEmpty();
  }
}
