package dev.comms.testkit.brokers;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Runs {@code rabbitmqctl} against a private node. */
final class RabbitCtl {

  private static final Duration LIMIT = Duration.ofSeconds(60);

  private RabbitCtl() {}

  static String run(
      Path ctl,
      RabbitFiles files,
      Map<String, String> environment,
      List<String> arguments,
      Scope scope) {
    List<String> command = new ArrayList<>(List.of(ctl.toString(), "-q", "-n", files.node()));
    command.addAll(arguments);
    try {
      Path output = Files.createTempFile(files.folder(), "ctl", ".out");
      try {
        int exit = run(files.folder(), output, command, environment, scope);
        String text = Files.readString(output);
        if (exit != 0) {
          throw new IllegalStateException(
              "rabbitmqctl " + arguments + " ended with exit code " + exit + ": " + text.strip());
        }
        return text;
      } finally {
        Files.deleteIfExists(output);
      }
    } catch (IOException e) {
      throw new UncheckedIOException("rabbitmqctl " + arguments + " could not be run", e);
    }
  }

  /** One line for a shell; the tool finds the cookie's file in what it takes for its home. */
  static String line(Path ctl, RabbitFiles files, List<String> arguments) {
    List<String> words = new ArrayList<>(List.of(ctl.toString(), "-n", files.node()));
    words.addAll(arguments);
    return "HOME="
        + Shell.word(files.folder().toString())
        + " ERL_EPMD_PORT="
        + files.mapperPort()
        + " "
        + Shell.line(words);
  }

  private static int run(
      Path folder, Path output, List<String> command, Map<String, String> environment, Scope scope)
      throws IOException {
    Child child = scope.launch(folder, output, command, environment);
    try {
      return child.exit(LIMIT);
    } finally {
      child.stop(Duration.ZERO);
    }
  }
}
