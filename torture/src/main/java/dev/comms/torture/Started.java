package dev.comms.torture;

import org.jspecify.annotations.Nullable;

/** What is there once a rig was started. */
final class Started {
  private Started() {}

  static <T> T of(@Nullable T part) {
    if (part == null) {
      throw new IllegalStateException("the rig was not started");
    }
    return part;
  }
}
