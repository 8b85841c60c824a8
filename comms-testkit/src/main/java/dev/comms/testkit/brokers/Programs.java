package dev.comms.testkit.brokers;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/** Where installed programs are: the folders of {@code PATH} and those of package managers. */
final class Programs {

  private static final List<String> USUAL =
      List.of(
          "/usr/bin",
          "/usr/sbin",
          "/usr/local/bin",
          "/usr/local/sbin",
          "/opt/homebrew/bin",
          "/opt/homebrew/sbin",
          "/usr/lib/erlang/bin",
          "/usr/lib64/erlang/bin");

  private Programs() {}

  static List<Path> folders(Map<String, String> environment) {
    String path = environment.getOrDefault("PATH", "");
    return Stream.concat(Stream.of(path.split(File.pathSeparator)), USUAL.stream())
        .filter(folder -> !folder.isBlank())
        .map(Path::of)
        .distinct()
        .toList();
  }

  static Optional<Path> find(String name, List<Path> folders) {
    return folders.stream().map(f -> f.resolve(name)).filter(Files::isExecutable).findFirst();
  }
}
