package dev.comms.testkit.brokers;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A small process that outlives this JVM by a moment: when the pipe to it ends because the JVM was
 * killed, it ends the set's processes and deletes its folder. It runs in a session of its own where
 * the system has {@code setsid}, and ignores what a terminal sends.
 */
final class Watchdog {

  private static final Logger LOG = LoggerFactory.getLogger(Watchdog.class);
  private static final Path SHELL = Path.of("/bin/sh");
  private static final String MARK = "COMMS_BROKERS_FOLDER";

  private @Nullable Path folder;
  private @Nullable Process process;

  /** Watches over this folder from now on. */
  synchronized void guard(Path root) {
    folder = root;
    if (!Files.isExecutable(SHELL)) {
      LOG.warn("brokers: without {} a killed JVM leaves its brokers running", SHELL);
      return;
    }
    try {
      process = started(root);
    } catch (IOException e) {
      throw new BrokerUnavailable(
          "brokers: the watchdog, which ends brokers when this JVM is killed, did not start ("
              + Secrets.reason(e)
              + "): free processes or memory",
          "",
          e);
    }
  }

  private static Process started(Path root) throws IOException {
    List<String> command = new ArrayList<>();
    Programs.find("setsid", Programs.folders(Map.of())).map(Path::toString).ifPresent(command::add);
    command.addAll(List.of(SHELL.toString(), "-c", script(), "comms-watchdog", root.toString()));
    return new ProcessBuilder(command)
        .directory(Path.of("/").toFile())
        .redirectOutput(ProcessBuilder.Redirect.DISCARD)
        .redirectError(ProcessBuilder.Redirect.DISCARD)
        .start();
  }

  private static String script() throws IOException {
    try (InputStream file = Watchdog.class.getResourceAsStream("watchdog.sh")) {
      return new String(Objects.requireNonNull(file, "watchdog.sh").readAllBytes(), UTF_8);
    }
  }

  /** Starts a process that is ended with this JVM, however that ends. */
  Child start(Path in, Path log, List<String> command, Map<String, String> environment)
      throws IOException {
    Map<String, String> marked = new TreeMap<>(environment);
    Path root = root();
    if (root != null) {
      marked.put(MARK, root + "/");
    }
    Child child = Child.start(in, log, command, marked);
    tell("own " + child.pid() + " " + ProcessFacts.start(child.pid()));
    return child;
  }

  private synchronized @Nullable Path root() {
    return folder;
  }

  /** The set is closed: nothing is left to be ended. */
  synchronized void close() {
    tell("end");
    if (process != null) {
      try {
        process.getOutputStream().close();
      } catch (IOException gone) {
        // it has ended already
      }
    }
  }

  private synchronized void tell(String line) {
    if (process == null) {
      return;
    }
    try {
      OutputStream pipe = process.getOutputStream();
      pipe.write((line + "\n").getBytes(UTF_8));
      pipe.flush();
    } catch (IOException e) {
      LOG.warn("brokers: the watchdog is gone; a killed JVM would leave its brokers running");
    }
  }
}
