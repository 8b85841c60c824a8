package dev.comms.kafka;

import dev.comms.contract.Time;
import dev.comms.spi.Health;
import java.time.Instant;

/** How a part stands and since when; thread-safe. */
final class Standing {
  private final Time time;
  private volatile Now now;

  /**
   * At one moment.
   *
   * @param why what made it so; empty if it is well
   */
  record Now(Health.State state, Instant since, String why) {}

  Standing(Time time, Health.State first) {
    this.time = time;
    this.now = new Now(first, time.now(), "");
  }

  /** Changes the state; without a change of it, the moment of the last one stays. */
  synchronized void set(Health.State state, String why) {
    Now before = now;
    now = new Now(state, before.state() == state ? before.since() : time.now(), why);
  }

  Now now() {
    return now;
  }
}
