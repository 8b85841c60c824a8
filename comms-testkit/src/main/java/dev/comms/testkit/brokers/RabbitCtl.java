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
      Path ctl, RabbitFiles files, Map<String, String> environment, List<String> arguments) {
    List<String> command = new ArrayList<>(List.of(ctl.toString(), "-q", "-n", files.node()));
    command.addAll(arguments);
    try {
      Path output = Files.createTempFile(files.folder(), "ctl", ".out");
      try {
        int exit = run(files.folder(), output, command, environment);
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

  private static int run(
      Path folder, Path output, List<String> command, Map<String, String> environment)
      throws IOException {
    Child child = Child.start(folder, output, command, environment);
    try {
      return child.exit(LIMIT);
    } finally {
      child.stop(Duration.ZERO);
    }
  }
}
