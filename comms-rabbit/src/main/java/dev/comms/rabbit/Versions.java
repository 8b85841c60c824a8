package dev.comms.rabbit;

import com.rabbitmq.client.Connection;

/** What a broker does differently by its version. */
final class Versions {
  private Versions() {}

  /** Before 4.3 every return to the queue counts, also that of a task that was given back. */
  static boolean tellsCrashes(Connection connection) {
    return !before(String.valueOf(connection.getServerProperties().get("version")), 4, 3);
  }

  static boolean before(String version, int major, int minor) {
    String[] parts = version.split("[^0-9]+", -1);
    try {
      int actual = Integer.parseInt(parts[0]);
      return actual < major || (actual == major && Integer.parseInt(parts[1]) < minor);
    } catch (NumberFormatException | ArrayIndexOutOfBoundsException unreadable) {
      return false;
    }
  }
}
