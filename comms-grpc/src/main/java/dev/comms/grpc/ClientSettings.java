package dev.comms.grpc;

import java.time.Duration;

/**
 * How to speak to one destination.
 *
 * @param target the destination, in gRPC's name syntax
 * @param security whom to trust, and how to show who we are
 * @param maxMessageBytes the largest message, in either direction
 * @param keepAlive how long a connection with calls may be silent before it is probed
 * @param connecting how connections are found and used
 */
record ClientSettings(
    String target,
    ClientSecurity security,
    int maxMessageBytes,
    Duration keepAlive,
    Connecting connecting) {
  static final int FOUR_MEBIBYTES = 4 * 1024 * 1024;
  // gRPC raises what is shorter without a word.
  static final Duration SHORTEST_KEEP_ALIVE = Duration.ofSeconds(10);

  ClientSettings {
    if (target.isBlank()) {
      throw new IllegalArgumentException(
          "grpc: the target is empty; name it as host:port or dns:///host:port");
    }
    security.check("grpc " + target);
    if (maxMessageBytes < 1) {
      throw new IllegalArgumentException(
          "grpc " + target + ": maxMessageBytes is " + maxMessageBytes + " but must be at least 1");
    }
    if (keepAlive.compareTo(SHORTEST_KEEP_ALIVE) < 0) {
      throw new IllegalArgumentException(
          "grpc "
              + target
              + ": keepAlive is "
              + keepAlive
              + " but must be at least "
              + SHORTEST_KEEP_ALIVE);
    }
  }

  static ClientSettings of(String target) {
    ClientSecurity security =
        target.startsWith(Channels.IN_PROCESS)
            ? ClientSecurity.TLS.inPlaintext()
            : ClientSecurity.TLS;
    return new ClientSettings(
        target, security, FOUR_MEBIBYTES, Duration.ofSeconds(30), Connecting.DEFAULT);
  }

  ClientSettings maxMessageBytes(int most) {
    return new ClientSettings(target, security, most, keepAlive, connecting);
  }

  ClientSettings keepAlive(Duration silence) {
    return new ClientSettings(target, security, maxMessageBytes, silence, connecting);
  }

  ClientSettings connecting(Connecting other) {
    return new ClientSettings(target, security, maxMessageBytes, keepAlive, other);
  }

  ClientSettings security(ClientSecurity other) {
    return new ClientSettings(target, other, maxMessageBytes, keepAlive, connecting);
  }
}
