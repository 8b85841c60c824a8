package dev.comms.spi;

import java.time.Instant;
import java.util.List;
import java.util.Map;

/**
 * What is connected and consuming, and since when; for readiness, never for liveness.
 *
 * @param state the worst of the parts
 */
public record Health(State state, List<Part> parts) {

  /** From best to worst. */
  public enum State {
    UP,
    STARTING,
    DRAINING,
    DOWN
  }

  /**
   * One thing that can be up or down.
   *
   * @param facts what an operator would ask next; never a secret
   */
  public record Part(String name, State state, Instant since, Map<String, String> facts) {}

  /** The whole is as good as its worst part; nothing is up. */
  public static Health of(List<Part> parts) {
    State worst = State.UP;
    for (Part part : parts) {
      worst = part.state().compareTo(worst) > 0 ? part.state() : worst;
    }
    return new Health(worst, List.copyOf(parts));
  }
}
