package dev.comms.spi;

import static org.assertj.core.api.Assertions.assertThat;

import dev.comms.spi.Health.Part;
import dev.comms.spi.Health.State;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class HealthTest {

  private static Part part(State state, Map<String, String> facts) {
    return new Part("it", state, Instant.EPOCH, facts);
  }

  @ParameterizedTest
  @EnumSource(State.class)
  void whatIsNotUpSaysWhy(State state) {
    Part silent = part(state, Map.of("a", "b"));
    assertThat(silent.facts()).containsEntry("a", "b");
    assertThat(silent.facts().containsKey("reason")).isEqualTo(state != State.UP);
    assertThat(part(state, Map.of("reason", "own")).because("").facts())
        .containsEntry("reason", "own");
    Part told = silent.because("the wire is cut");
    assertThat(told.facts().get("reason")).isEqualTo(state == State.UP ? null : "the wire is cut");
    assertThat(told.name()).isEqualTo("it");
  }

  @Test
  void theWholeIsAsGoodAsItsWorstPart() {
    assertThat(Health.of(List.of()).state()).isEqualTo(State.UP);
    List<Part> parts =
        List.of(
            part(State.UP, Map.of()), part(State.DOWN, Map.of()), part(State.DRAINING, Map.of()));
    assertThat(Health.of(parts).state()).isEqualTo(State.DOWN);
    assertThat(Health.of(parts).parts()).isEqualTo(parts);
  }
}
