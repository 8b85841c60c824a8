package dev.comms.shop;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

class MainTest {
  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  @ParameterizedTest
  @ValueSource(
      strings = {
        "demo --no-such-option",
        "demo --orders many",
        "demo --worker-delay soon",
        "demo --orders",
        "no-such-command"
      })
  void whatIsNotUnderstoodIsOneLineAndExitCodeTwo(String line) {
    assertThat(commands().execute(line.split(" "))).isEqualTo(2);
    assertThat(err.toString().lines()).hasSize(1);
    assertThat(err.toString()).startsWith("comms").contains("--help");
    assertThat(out.toString()).isEmpty();
  }

  @Test
  void helpTeachesEveryOptionTheExitCodesAndTheProofThatItCanFail() {
    assertThat(commands().execute("demo", "--help")).isZero();
    assertThat(out.toString())
        .contains("--orders", "--worker-delay", "--keep", "--json", "Exit code", "purge");
  }

  private CommandLine commands() {
    return Main.commands().setOut(new PrintWriter(out)).setErr(new PrintWriter(err));
  }
}
