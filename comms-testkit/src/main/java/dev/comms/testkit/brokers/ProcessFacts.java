package dev.comms.testkit.brokers;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** What the system tells about a process: Linux in {@code /proc}, others through {@code ps}. */
final class ProcessFacts {

  private static final Path SELF = Path.of("/proc/self/stat");
  private static final int STATE = 0;
  private static final int START = 19;
  private static final long LIMIT_SECONDS = 10;

  private ProcessFacts() {}

  /** When it started, in the words in which the watchdog's script asks for it; empty if gone. */
  static String start(long pid) throws IOException {
    return fact(pid, START, "lstart=");
  }

  /** Whether it is frozen by SIGSTOP. */
  static boolean frozen(long pid) throws IOException {
    return fact(pid, STATE, "state=").startsWith("T");
  }

  private static String fact(long pid, int field, String column) throws IOException {
    return Files.isReadable(SELF)
        ? fromProc(pid, field)
        : run(List.of("ps", "-o", column, "-p", String.valueOf(pid)));
  }

  /** The fields behind the program's name, which may hold blanks and brackets itself. */
  private static String fromProc(long pid, int field) throws IOException {
    Path stat = Path.of("/proc/" + pid + "/stat");
    try {
      String line = Files.readString(stat, StandardCharsets.ISO_8859_1);
      return line.substring(line.lastIndexOf(')') + 2).split(" ", -1)[field];
    } catch (IOException e) {
      if (Files.exists(stat)) {
        throw e;
      }
      return "";
    }
  }

  /** Sends the signal, for example {@code STOP}, which Java itself cannot. */
  static void signal(long pid, String name) throws IOException {
    run(List.of("/bin/sh", "-c", "kill -" + name + " " + pid));
  }

  private static String run(List<String> command) throws IOException {
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    try {
      process.getOutputStream().close();
      String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      if (!process.waitFor(LIMIT_SECONDS, TimeUnit.SECONDS)) {
        throw new IOException(command + " did not end within " + LIMIT_SECONDS + " s");
      }
      return output.strip().replaceAll("\\s+", " ");
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException(command + ": the wait was interrupted", e);
    } finally {
      process.destroyForcibly();
    }
  }
}
