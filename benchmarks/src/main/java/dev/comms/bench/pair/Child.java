package dev.comms.bench.pair;

import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * A process of our own that is asked line by line. It ends when its input does: at {@code close},
 * and, however this process ends, with it.
 */
final class Child implements AutoCloseable {
  private static final String CLASS_PATH = "benchmarks/target/classes:benchmarks/target/lib/*";

  /** The same for both sides and for the server between them. */
  private static final List<String> FLAGS = List.of("-Xms256m", "-Xmx256m", "-XX:+UseG1GC");

  private static final long END_SECONDS = 10;

  private final List<String> command;
  private final Process process;
  private final BufferedWriter out;
  private final BufferedReader in;

  /** At Ctrl-C at once, not only when a round has ended. */
  private final Thread hook;

  private Child(List<String> command, Process process) {
    this.command = command;
    this.process = process;
    this.out = process.outputWriter(StandardCharsets.UTF_8);
    this.in = process.inputReader(StandardCharsets.UTF_8);
    this.hook = new Thread(process::destroy, "comms-bench-end");
    Runtime.getRuntime().addShutdownHook(hook);
  }

  /**
   * Starts one, which is not ready yet.
   *
   * @param more flags of the JVM, such as a recording
   */
  static Child start(Class<?> main, List<String> more, List<String> arguments) {
    List<String> command = new ArrayList<>(FLAGS);
    command.addAll(more);
    command.addAll(List.of("-cp", CLASS_PATH, main.getName()));
    command.addAll(arguments);
    List<String> started = new ArrayList<>(command);
    started.add(0, Path.of(System.getProperty("java.home"), "bin", "java").toString());
    try {
      Process process =
          new ProcessBuilder(started).redirectError(ProcessBuilder.Redirect.INHERIT).start();
      return new Child(command, process);
    } catch (IOException failed) {
      throw new UncheckedIOException(failed);
    }
  }

  /** How it was started, without the machine's path to Java. */
  String command() {
    return "java " + String.join(" ", command);
  }

  /** The next answer; {@code ready} is the first. */
  String answer() {
    try {
      for (String line = in.readLine(); line != null; line = in.readLine()) {
        if (line.startsWith(Client.ANSWER + "failed ")) {
          throw new CannotRun(line.substring(Client.ANSWER.length()));
        }
        if (line.startsWith(Client.ANSWER)) {
          return line.substring(Client.ANSWER.length());
        }
      }
    } catch (IOException broken) {
      throw new UncheckedIOException(broken);
    }
    throw new CannotRun("a process ended before its time: " + command());
  }

  /** Asks for a round and waits for it. */
  Measured round(Mode mode, long nanos, double perSecond) {
    say(mode + " " + nanos + " " + perSecond);
    return Measured.parse(answer());
  }

  /** What a server has used so far. */
  Costs costs() {
    say("costs");
    return Costs.parse(answer());
  }

  private void say(String line) {
    try {
      out.write(line + "\n");
      out.flush();
    } catch (IOException broken) {
      throw new UncheckedIOException(broken);
    }
  }

  @Override
  public void close() {
    try {
      out.close();
      if (!process.waitFor(END_SECONDS, TimeUnit.SECONDS)) {
        process.destroyForcibly();
      }
    } catch (IOException alreadyGone) {
      process.destroyForcibly();
    } catch (InterruptedException hurried) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
    }
    forgetHook();
  }

  private void forgetHook() {
    try {
      Runtime.getRuntime().removeShutdownHook(hook);
    } catch (IllegalStateException ending) {
      // the JVM ends, and its hooks run already
    }
  }
}
