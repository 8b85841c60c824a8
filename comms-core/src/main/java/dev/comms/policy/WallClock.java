package dev.comms.policy;

import dev.comms.contract.Time;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;

/** Our clock in the shape that Resilience4j asks for, so that a virtual one rules there too. */
final class WallClock extends Clock {
  private final Time time;
  private final ZoneId zone;

  WallClock(Time time) {
    this(time, ZoneOffset.UTC);
  }

  private WallClock(Time time, ZoneId zone) {
    this.time = time;
    this.zone = zone;
  }

  @Override
  public ZoneId getZone() {
    return zone;
  }

  @Override
  public Clock withZone(ZoneId other) {
    return new WallClock(time, other);
  }

  @Override
  public Instant instant() {
    return time.now();
  }
}
