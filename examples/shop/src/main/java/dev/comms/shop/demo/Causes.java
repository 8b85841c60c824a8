package dev.comms.shop.demo;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.BindException;
import org.jspecify.annotations.Nullable;

/** Failures in one line. */
final class Causes {
  private Causes() {}

  static String text(Throwable failure) {
    for (Throwable at = failure; at != null; at = at.getCause()) {
      if (at instanceof BindException) {
        return "the gateway's port is in use (" + at.getMessage() + "); choose another with --port";
      }
    }
    Throwable cause = failure.getCause();
    Throwable shown = failure instanceof UncheckedIOException && cause != null ? cause : failure;
    String name = shown instanceof IOException ? "" : shown.getClass().getSimpleName() + ": ";
    return name + shown.getMessage() + " (COMMS_DEBUG=1 shows where)";
  }

  static String firstLine(@Nullable String message) {
    String text = String.valueOf(message).strip();
    int end = text.indexOf('\n');
    return end < 0 ? text : text.substring(0, end).strip();
  }
}
