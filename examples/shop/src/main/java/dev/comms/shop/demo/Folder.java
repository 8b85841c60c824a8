package dev.comms.shop.demo;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/** Temporary folders. */
final class Folder {
  private static final int PASSES = 3;

  private Folder() {}

  /**
   * Makes a folder of a run's own in this one.
   *
   * @throws IOException in one line: what, which folder, why, and what to do
   */
  static Path temporary(Path in) throws IOException {
    try {
      return Files.createTempDirectory(in, "comms-shop-");
    } catch (IOException failure) {
      throw new IOException(
          "no folder for the mails can be made in the temporary folder "
              + in
              + " ("
              + failure
              + "): make room there, or name another with TMPDIR",
          failure);
    }
  }

  /**
   * Deletes a folder with all that is in it; what is gone already is no failure. Somebody may still
   * write into it, so it is gone through a few times.
   */
  static void delete(Path folder) throws IOException {
    for (int pass = 1; Files.exists(folder); pass++) {
      try {
        deleteOnce(folder);
      } catch (NoSuchFileException | DirectoryNotEmptyException changed) {
        if (pass == PASSES) {
          throw changed;
        }
      }
    }
  }

  private static void deleteOnce(Path folder) throws IOException {
    List<Path> all;
    try (Stream<Path> walk = Files.walk(folder)) {
      all = walk.sorted(Comparator.reverseOrder()).toList();
    } catch (UncheckedIOException changed) {
      throw changed.getCause();
    }
    for (Path one : all) {
      Files.deleteIfExists(one);
    }
  }
}
