package dev.comms.shop.demo;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;

/** Which commit runs: what the launcher says, or git, or {@code unknown}. */
final class Commit {
  private static final String UNKNOWN = "unknown";

  private Commit() {}

  static String current() {
    String told = System.getenv("COMMS_COMMIT");
    return told == null || told.isBlank() ? fromGit() : told.strip();
  }

  private static String fromGit() {
    try {
      Process git =
          new ProcessBuilder("git", "rev-parse", "HEAD")
              .redirectError(ProcessBuilder.Redirect.DISCARD)
              .start();
      if (!git.waitFor(2, TimeUnit.SECONDS)) {
        git.destroyForcibly();
        return UNKNOWN;
      }
      String hash = new String(git.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
      return git.exitValue() == 0 ? hash.strip() : UNKNOWN;
    } catch (IOException noGit) {
      return UNKNOWN;
    } catch (InterruptedException stopping) {
      Thread.currentThread().interrupt();
      return UNKNOWN;
    }
  }
}
