package dev.comms.bench.pair;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class JsonTest {

  @Test
  void valuesAreWrittenByTheirKind() {
    assertThat(Json.of(Map.of("a", List.of(1, true, 0.5)))).isEqualTo("{\"a\":[1,true,0.500]}");
    assertThat(Json.of(Arrays.asList("x", null))).isEqualTo("[\"x\",null]");
    assertThat(Json.of(Double.NaN)).isEqualTo("null");
  }

  @Test
  void textIsEscaped() {
    assertThat(Json.of("a \"b\" \\ \n")).isEqualTo("\"a \\\"b\\\" \\\\ \\u000a\"");
  }
}
