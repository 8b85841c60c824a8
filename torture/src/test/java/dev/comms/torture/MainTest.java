package dev.comms.torture;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

class MainTest {
  private final StringWriter err = new StringWriter();

  private int run(String... arguments) {
    CommandLine commands = Main.commands();
    commands.setErr(new PrintWriter(err, true));
    return commands.execute(arguments);
  }

  @Test
  void whatCannotRunIsExitTwoAndOneLine() {
    assertThat(run("torture", "grpc", "--bogus")).isEqualTo(2);
    assertThat(err.toString()).contains("--bogus", "see ./comms torture --help").hasLineCount(1);
    assertThat(run("torture", "zeromq")).isEqualTo(2);
    assertThat(run("torture", "grpc", "--count", "10")).isEqualTo(2);
    assertThat(run("check", "no-such-file")).isEqualTo(2);
    assertThat(run("check")).isEqualTo(2);
  }

  @Test
  void checkIsExitOneForABrokenHistoryAndZeroForAGoodOne(@TempDir Path folder) throws Exception {
    Path history = folder.resolve("history.ndjson");
    String begin =
        "{\"seq\":1,\"t\":1,\"proc\":\"p\",\"op\":\"begin\",\"type\":\"ok\",\"format\":1}";
    String drained = "{\"seq\":2,\"t\":2,\"proc\":\"p\",\"op\":\"drained\",\"type\":\"ok\"}";
    String end = "{\"seq\":3,\"t\":3,\"proc\":\"p\",\"op\":\"end\",\"type\":\"ok\",\"count\":3}";
    Files.write(history, List.of(begin, drained, end));
    assertThat(run("check", history.toString())).isZero();
    Files.write(history, List.of(begin, end));
    assertThat(run("check", history.toString())).isEqualTo(1);
  }
}
