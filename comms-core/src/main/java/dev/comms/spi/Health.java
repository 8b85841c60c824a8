package dev.comms.spi;

import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * What is connected and consuming, and since when; for readiness, never for liveness.
 *
 * @param state the worst of the parts
 */
public record Health(State state, List<Part> parts) {

  private static final String REASON = "reason";

  /** From best to worst. */
  public enum State {
    UP,
    STARTING,
    DRAINING,
    DOWN
  }

  /**
   * One thing that can be up or down. What is not up always has the fact {@code reason}: the one
   * that its owner gave, or else what the state itself says.
   *
   * @param facts what an operator would ask next; never a secret
   */
  public record Part(String name, State state, Instant since, Map<String, String> facts) {
    public Part {
      Map<String, String> all = new TreeMap<>(facts);
      if (state != State.UP) {
        all.putIfAbsent(REASON, usual(state));
      }
      facts = Collections.unmodifiableMap(all);
    }

    /** The same part, which says why it is not up; what is up needs no reason. */
    public Part because(String reason) {
      if (state == State.UP || reason.isEmpty()) {
        return this;
      }
      Map<String, String> all = new TreeMap<>(facts);
      all.put(REASON, reason);
      return new Part(name, state, since, all);
    }

    private static String usual(State state) {
      return switch (state) {
        case UP -> "";
        case STARTING ->
            "it is not connected yet: comms.start() has not come to it, or still waits";
        case DRAINING -> "it takes nothing new and ends what was begun: comms.close() was called";
        case DOWN ->
            "it is closed, or cannot reach its other side; the log says since when and why";
      };
    }
  }

  /** The whole is as good as its worst part; nothing is up. */
  public static Health of(List<Part> parts) {
    State worst = State.UP;
    for (Part part : parts) {
      worst = part.state().compareTo(worst) > 0 ? part.state() : worst;
    }
    return new Health(worst, List.copyOf(parts));
  }
}
