package dev.comms.shop.demo;

import static org.assertj.core.api.Assertions.assertThat;

import dev.comms.shop.Main;
import java.io.BufferedReader;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.json.JsonMapper;

/** The command as a process of its own: its exit code, its one line, and what it leaves behind. */
@Timeout(240)
class ProcessIT {
  private static final String OWN_GROUP =
      "setpgrp(0, 0); $SIG{INT} = 'DEFAULT'; exec @ARGV or die $!";

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
    assertThat(Ps.naming(temporary)).isEmpty();
    assertThat(left()).isEmpty();
  }

  @Test
  void aPortInUseIsOneLineAndExitCodeTwo() throws Exception {
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      Process process = demo("--port", String.valueOf(taken.getLocalPort())).start();

      List<String> lines = process.errorReader().lines().toList();

      assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
      assertThat(process.exitValue()).as(lines.toString()).isEqualTo(2);
      assertThat(lines)
          .singleElement()
          .asString()
          .contains(String.valueOf(taken.getLocalPort()), "--port");
      assertThat(Ps.naming(temporary)).isEmpty();
      assertThat(left()).isEmpty();
    }
  }

  @Test
  void aTemporaryFolderThatIsNoneIsOneLineAndExitCodeTwo() throws Exception {
    Path file = Files.createFile(temporary.resolve("file"));
    Process process = java("-Djava.io.tmpdir=" + file, List.of("--orders", "1")).start();

    // newer JVMs warn of it before the program begins
    List<String> lines =
        process.errorReader().lines().filter(line -> !line.startsWith("WARNING")).toList();

    assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
    assertThat(process.exitValue()).as(lines.toString()).isEqualTo(2);
    assertThat(lines).singleElement().asString().contains(file.toString(), "TMPDIR");
  }

  @Test
  void whenItIsToldToEndEverythingIsGoneWithinTenSeconds() throws Exception {
    Process process = demo("--orders", "2", "--keep").start();
    try (BufferedReader err = process.errorReader()) {
      String lines = readUntil(err, "stays up");
      assertThat(process.isAlive()).as(lines).isTrue();
      assertThat(process.descendants()).as(lines).isNotEmpty();

      process.destroy();

      assertEndsAndLeavesNothing(process);
    } finally {
      process.destroyForcibly();
    }
  }

  /**
   * As a terminal does it: the signal comes to the program and to all that it started, at once. Of
   * the two delays the second is longer than anybody would wait for a handler.
   */
  @ParameterizedTest
  @ValueSource(strings = {"200ms", "20s"})
  void ctrlCInMidRunEndsEverythingWithinTenSeconds(String delay) throws Exception {
    ProcessBuilder command = demo("--orders", "100", "--worker-delay", delay);
    // a group of its own; a shell without job control would have it ignore the signal
    command.command().addAll(0, List.of("perl", "-e", OWN_GROUP));
    Process process = command.start();
    try (BufferedReader err = process.errorReader()) {
      String lines = readUntil(err, "ordered: 100 %");
      assertThat(process.isAlive()).as(lines).isTrue();
      assertThat(process.descendants()).as(lines).isNotEmpty();
      assertThat(Ps.naming(temporary)).isNotEmpty();

      new ProcessBuilder("sh", "-c", "kill -INT -" + process.pid()).inheritIO().start().waitFor();

      assertEndsAndLeavesNothing(process);
    } finally {
      process.destroyForcibly();
    }
  }

  @Test
  void whatIsPurgedWithThePrintedCommandIsLostAndTheExitCodeIsOne() throws Exception {
    Process process =
        demo("--orders", "24", "--worker-delay", "4s", "--json")
            .redirectOutput(ProcessBuilder.Redirect.PIPE)
            .start();
    try (BufferedReader err = process.errorReader();
        BufferedReader out = process.inputReader()) {
      String lines = readUntil(err, "ordered: 100 %");
      String purge =
          lines
              .lines()
              .filter(line -> line.startsWith("purge it"))
              .map(line -> line.substring("purge it".length()).strip())
              .findFirst()
              .orElseThrow(() -> new AssertionError(lines));

      // nothing of ours in its environment: it must work in any shell of the same user
      ProcessBuilder shell = new ProcessBuilder("sh", "-c", purge).redirectErrorStream(true);
      shell.environment().keySet().retainAll(List.of("PATH", "LANG"));
      Process purged = shell.start();
      String said = new String(purged.getInputStream().readAllBytes(), StandardCharsets.UTF_8);

      assertThat(purged.waitFor()).as(purge + "\n" + said).isZero();
      assertThat(purge).doesNotContain("cookie");
      String report = out.lines().reduce("", (before, line) -> line);
      err.lines().forEach(line -> {});
      assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
      assertThat(process.exitValue()).as(report).isEqualTo(1);
      assertThat(JsonMapper.builder().build().readTree(report).path("lost").intValue())
          .as(report)
          .isPositive();
      assertThat(left()).isEmpty();
    } finally {
      process.destroyForcibly();
    }
  }

  private void assertEndsAndLeavesNothing(Process process) throws Exception {
    List<ProcessHandle> children = process.descendants().toList();
    assertThat(process.waitFor(10, TimeUnit.SECONDS)).isTrue();
    assertThat(children).noneMatch(ProcessHandle::isAlive);
    assertThat(Ps.naming(temporary)).isEmpty();
    assertThat(left()).isEmpty();
  }

  /** What was said until a line holds this, or until the end. */
  private static String readUntil(BufferedReader from, String what) throws IOException {
    StringBuilder lines = new StringBuilder();
    for (String line = from.readLine(); line != null; line = from.readLine()) {
      lines.append(line).append('\n');
      if (line.contains(what)) {
        break;
      }
    }
    return lines.toString();
  }

  private ProcessBuilder demo(String... arguments) {
    return java("-Djava.io.tmpdir=" + temporary, List.of(arguments));
  }

  private static ProcessBuilder java(String folder, List<String> arguments) {
    List<String> command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                folder,
                "-cp",
                System.getProperty("java.class.path"),
                Main.class.getName(),
                "demo"));
    command.addAll(arguments);
    return new ProcessBuilder(command).redirectOutput(ProcessBuilder.Redirect.DISCARD);
  }

  private List<Path> left() throws IOException {
    try (Stream<Path> files = Files.list(temporary)) {
      return files.toList();
    }
  }
}
