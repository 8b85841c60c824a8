package dev.comms.testkit.brokers;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Temporary folders: made for a set of brokers, deleted with everything in them. */
final class Folders {

  private static final int PASSES = 3;

  private Folders() {}

  static Path temporary() {
    return temporary(Path.of(System.getProperty("java.io.tmpdir")));
  }

  static Path temporary(Path in) {
    try {
      return Files.createTempDirectory(in, "comms-brokers-");
    } catch (IOException e) {
      throw new BrokerUnavailable(
          "brokers: no folder can be made in the temporary folder "
              + in
              + " ("
              + Secrets.reason(e)
              + "): make room there, or name another: TMPDIR for ./comms, -Djava.io.tmpdir for a JVM",
          "",
          e);
    }
  }

  static Path make(Path folder) {
    try {
      return Files.createDirectory(folder);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static Path write(Path file, List<String> lines) {
    try {
      return Files.write(file, lines);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Deletes the folder; a broker's last thread may still write, so up to three passes. */
  static void delete(Path folder) {
    for (int pass = 0; pass < PASSES && Files.exists(folder); pass++) {
      try {
        Files.walkFileTree(folder, new Deletion());
      } catch (IOException next) {
        // a file that came or went during this pass: the next pass sees it
      }
    }
  }

  private static final class Deletion extends SimpleFileVisitor<Path> {

    @Override
    public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
      Files.deleteIfExists(file);
      return FileVisitResult.CONTINUE;
    }

    @Override
    public FileVisitResult visitFileFailed(Path file, IOException e) throws IOException {
      if (e instanceof NoSuchFileException) {
        return FileVisitResult.CONTINUE;
      }
      throw e;
    }

    @Override
    public FileVisitResult postVisitDirectory(Path folder, @Nullable IOException e)
        throws IOException {
      Files.deleteIfExists(folder);
      return FileVisitResult.CONTINUE;
    }
  }
}
