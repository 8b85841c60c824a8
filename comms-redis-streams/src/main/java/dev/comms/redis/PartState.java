package dev.comms.redis;

import dev.comms.spi.Health;
import java.time.Instant;
import java.util.Map;

/** What one part is, and since when. Safe for use by many threads. */
final class PartState {
  private final String name;
  private Health.State state = Health.State.STARTING; // guarded by this
  private Instant since = Instant.now(); // guarded by this
  private String why = ""; // guarded by this

  PartState(String name) {
    this.name = name;
  }

  void is(Health.State now) {
    is(now, "");
  }

  /**
   * Changes the state.
   *
   * @param reason why it is not up; empty for what the state itself says
   */
  synchronized void is(Health.State now, String reason) {
    why = reason;
    if (state != now) {
      state = now;
      since = Instant.now();
    }
  }

  synchronized Health.Part part(Map<String, String> facts) {
    return new Health.Part(name, state, since, facts).because(why);
  }
}
