package dev.comms.testkit.brokers;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.LockSupport;

/** A process that this JVM started, with its output in a file; ended with all its descendants. */
final class Child {

  private static final int TAIL_LINES = 20;
  private static final Duration AFTER_KILL = Duration.ofSeconds(1);
  private static final Duration BUSY = Duration.ofSeconds(5);
  private static final Duration PAUSE = Duration.ofMillis(20);

  private final Process process;
  private final Path log;

  private Child(Process process, Path log) {
    this.process = process;
    this.log = log;
  }

  /** Starts the command in the folder; its environment is exactly the given one. */
  static Child start(Path folder, Path log, List<String> command, Map<String, String> environment)
      throws IOException {
    ProcessBuilder builder =
        new ProcessBuilder(command)
            .directory(folder.toFile())
            .redirectErrorStream(true)
            .redirectInput(ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()))
            .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()));
    builder.environment().clear();
    builder.environment().putAll(environment);
    return new Child(started(builder), log);
  }

  /**
   * A program that was just unpacked may be "busy" (ETXTBSY): a child that another thread is
   * starting at this moment holds our descriptor on it until its own exec. That ends by itself, so
   * it is waited for, as other run times do (golang/go#22315).
   */
  private static Process started(ProcessBuilder builder) throws IOException {
    long end = System.nanoTime() + BUSY.toNanos();
    while (true) {
      try {
        return builder.start();
      } catch (IOException failure) {
        boolean busy = String.valueOf(failure.getMessage()).contains("error=26");
        if (!busy || System.nanoTime() - end > 0) {
          throw failure;
        }
        LockSupport.parkNanos(PAUSE.toNanos());
      }
    }
  }

  /** The process object hears of the end a moment after the system has told its handle. */
  boolean alive() {
    return process.isAlive() && process.toHandle().isAlive();
  }

  long pid() {
    return process.pid();
  }

  /** Says how the process ended; only for one that has. */
  String end() {
    return "its process ended with exit code " + exit(AFTER_KILL);
  }

  /**
   * Waits for the process to end.
   *
   * @return its exit code
   * @throws IllegalStateException if it did not end in time or the wait was interrupted
   */
  int exit(Duration limit) {
    try {
      if (process.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS)) {
        return process.exitValue();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    throw new IllegalStateException(
        process.info().command().orElse("the process") + " did not end within " + limit);
  }

  String tail() {
    return tail(log);
  }

  /** The last 20 lines of a log file; empty if there is none. */
  static String tail(Path log) {
    try {
      return tail(new String(Files.readAllBytes(log), StandardCharsets.UTF_8).lines().toList());
    } catch (IOException none) {
      return "";
    }
  }

  static String tail(List<String> lines) {
    return String.join("\n", lines.subList(Math.max(0, lines.size() - TAIL_LINES), lines.size()));
  }

  /** Asks the process to end; one that is frozen is thawed for it. */
  void terminate() throws IOException {
    boolean frozen = ProcessFacts.frozen(pid());
    process.destroy();
    if (frozen) {
      signal("CONT");
    }
  }

  /** Kills the process and its descendants; waits at most so long for their end. */
  boolean kill(Duration limit) {
    List<ProcessHandle> family = new ArrayList<>(process.descendants().toList());
    family.add(process.toHandle());
    process.destroyForcibly();
    family.forEach(ProcessHandle::destroyForcibly);
    // asked often: onExit() looks at processes that are not our children only now and then
    long end = System.nanoTime() + limit.toNanos();
    while (family.stream().anyMatch(ProcessHandle::isAlive)) {
      if (System.nanoTime() - end > 0) {
        return false;
      }
      LockSupport.parkNanos(PAUSE.toNanos());
    }
    return true;
  }

  /** Freezes the process and waits until it is, or lets it go on. */
  void freeze(Duration limit) throws IOException, Readiness.NotReady {
    signal("STOP");
    Readiness.await(
        limit,
        this::alive,
        () -> {
          if (!ProcessFacts.frozen(pid())) {
            throw new IOException("it still runs after SIGSTOP");
          }
          return true;
        });
  }

  void thaw() throws IOException {
    signal("CONT");
  }

  /** Only to a process that lives: its pid is then nobody else's. */
  private void signal(String name) throws IOException {
    if (alive()) {
      ProcessFacts.signal(pid(), name);
    }
  }

  /** Waits at most so long for the end of the process. */
  boolean ended(Duration limit) {
    return ended(List.of(process.toHandle()), limit);
  }

  /** Asks the process to end, and kills what is left of it and its descendants after the grace. */
  void stop(Duration grace) {
    List<ProcessHandle> family = new ArrayList<>(process.descendants().toList());
    family.add(process.toHandle());
    process.destroy();
    if (!ended(family, grace)) {
      family.forEach(ProcessHandle::destroyForcibly);
      ended(family, AFTER_KILL);
    }
  }

  /**
   * Waits until all have ended. A handle knows its start time: a reused pid is not taken for it.
   */
  static boolean ended(List<ProcessHandle> processes, Duration limit) {
    CompletableFuture<?>[] exits =
        processes.stream().map(ProcessHandle::onExit).toArray(CompletableFuture<?>[]::new);
    try {
      CompletableFuture.allOf(exits).get(limit.toMillis(), TimeUnit.MILLISECONDS);
      return true;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    } catch (ExecutionException | TimeoutException e) {
      return false;
    }
  }
}
