package dev.comms.shop.demo;

import static org.assertj.core.api.Assertions.assertThat;

import dev.comms.shop.Main;
import java.io.BufferedReader;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The command as a process of its own: its exit code, its one line, and what it leaves behind. */
@Timeout(240)
class ProcessIT {
  @TempDir Path temporary;

  @Test
  void aBrokerThatDoesNotAnswerIsOneLineAndExitCodeTwo() throws Exception {
    ProcessBuilder command = demo("--orders", "1");
    command.environment().put("COMMS_KAFKA_SERVERS", "127.0.0.1:1");
    Process process = command.start();

    List<String> lines = process.errorReader().lines().toList();

    assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
    assertThat(process.exitValue()).as(lines.toString()).isEqualTo(2);
    assertThat(lines).singleElement().asString().contains("127.0.0.1:1");
    assertThat(left()).isEmpty();
  }

  @Test
  void aPortInUseIsOneLineAndExitCodeTwo() throws Exception {
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"))) {
      Process process = demo("--port", String.valueOf(taken.getLocalPort())).start();

      List<String> lines = process.errorReader().lines().toList();

      assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
      assertThat(process.exitValue()).as(lines.toString()).isEqualTo(2);
      assertThat(lines)
          .singleElement()
          .asString()
          .contains(String.valueOf(taken.getLocalPort()), "--port");
      assertThat(left()).isEmpty();
    }
  }

  @Test
  void whenItIsToldToEndEverythingIsGoneWithinTenSeconds() throws Exception {
    Process process = demo("--orders", "2", "--keep").start();
    try (BufferedReader err = process.errorReader()) {
      List<String> lines = new ArrayList<>();
      for (String line = err.readLine(); line != null; line = err.readLine()) {
        lines.add(line);
        if (line.contains("stays up")) {
          break;
        }
      }
      assertThat(process.isAlive()).as(String.join("\n", lines)).isTrue();
      List<ProcessHandle> children = process.descendants().toList();
      assertThat(children).as(String.join("\n", lines)).isNotEmpty();

      process.destroy();

      assertThat(process.waitFor(10, TimeUnit.SECONDS)).isTrue();
      assertThat(children).noneMatch(ProcessHandle::isAlive);
      assertThat(left()).isEmpty();
    } finally {
      process.destroyForcibly();
    }
  }

  private ProcessBuilder demo(String... arguments) {
    List<String> command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Djava.io.tmpdir=" + temporary,
                "-cp",
                System.getProperty("java.class.path"),
                Main.class.getName(),
                "demo"));
    command.addAll(List.of(arguments));
    return new ProcessBuilder(command).redirectOutput(ProcessBuilder.Redirect.DISCARD);
  }

  private List<Path> left() throws IOException {
    try (Stream<Path> files = Files.list(temporary)) {
      return files.toList();
    }
  }
}
