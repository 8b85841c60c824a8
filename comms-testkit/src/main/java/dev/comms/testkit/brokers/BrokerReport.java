package dev.comms.testkit.brokers;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Map;

/**
 * Leaves a note of each broker that tests ran against, for whoever sums up a run of many JVMs.
 *
 * <p>When the system property {@code comms.evidence}, or else the environment variable {@code
 * COMMS_EVIDENCE}, names a folder, it holds one file per module, kind and version, named {@code
 * <module>.<kind>.<version>.broker}, with one line of four fields separated by tabs: kind, version,
 * origin, module; for example {@code rabbitmq 3.10.8 private-node comms-rabbit}. The module is the
 * system property {@code comms.module}, or else the name of the working folder, which Maven sets to
 * the module's. Blanks inside a field are written as {@code -}. The file is put there by a rename,
 * so that a reader never sees half a line; a second start overwrites it with the same line.
 */
final class BrokerReport {

  private BrokerReport() {}

  static void write(Broker broker, Map<String, String> environment) {
    write(broker.kind(), broker.version(), broker.origin(), environment);
  }

  static void write(String kind, String version, String origin, Map<String, String> environment) {
    String folder =
        System.getProperty("comms.evidence", environment.getOrDefault("COMMS_EVIDENCE", ""));
    if (folder.isBlank()) {
      return;
    }
    String module = System.getProperty("comms.module", workingFolder());
    String line = String.join("\t", field(kind), field(version), field(origin), field(module));
    String name = field(module) + "." + field(kind) + "." + field(version);
    try {
      put(Path.of(folder), name.replaceAll("[^a-zA-Z0-9._-]", "-") + ".broker", line + "\n");
    } catch (IOException e) {
      throw new UncheckedIOException(
          "evidence: no file can be written in "
              + folder
              + " (comms.evidence or COMMS_EVIDENCE): name a folder that can be written, or none",
          e);
    }
  }

  private static String field(String value) {
    return value.strip().replaceAll("\\s+", "-");
  }

  private static String workingFolder() {
    Path name = Path.of("").toAbsolutePath().getFileName();
    return name == null ? "unknown" : name.toString();
  }

  private static void put(Path folder, String name, String text) throws IOException {
    Files.createDirectories(folder);
    Path half = Files.createTempFile(folder, ".", ".half");
    try {
      Files.write(half, text.getBytes(StandardCharsets.UTF_8));
      Files.move(half, folder.resolve(name), StandardCopyOption.ATOMIC_MOVE);
    } finally {
      Files.deleteIfExists(half);
    }
  }
}
