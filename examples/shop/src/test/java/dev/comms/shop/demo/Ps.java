package dev.comms.shop.demo;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/**
 * Which processes belong to a run: those whose program, arguments or environment name its folder.
 */
final class Ps {
  private Ps() {}

  static List<String> naming(Path folder) {
    return ProcessHandle.allProcesses()
        .filter(process -> process.pid() != ProcessHandle.current().pid())
        .filter(process -> about(process).anyMatch(text -> text.contains(folder.toString())))
        .map(process -> process.pid() + " " + process.info().commandLine().orElse("?"))
        .toList();
  }

  /** The JDK tells a long command only in part, so on Linux the kernel is asked. */
  private static Stream<String> about(ProcessHandle process) {
    Path kernel = Path.of("/proc", String.valueOf(process.pid()));
    return Stream.of(
        process.info().command().orElse(""),
        process.info().commandLine().orElse(""),
        read(kernel.resolve("cmdline")),
        read(kernel.resolve("environ")));
  }

  private static String read(Path file) {
    try {
      return new String(Files.readAllBytes(file), ISO_8859_1);
    } catch (IOException notHereOrGone) {
      return "";
    }
  }
}
