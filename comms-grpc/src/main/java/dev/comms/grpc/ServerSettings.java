package dev.comms.grpc;

import io.grpc.ServerBuilder;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import java.time.Duration;

/**
 * How to listen.
 *
 * @param port the port, 0 for any that is free
 * @param security what it shows, and whom it lets in
 * @param limits what a peer may take
 * @param operations how it is run
 */
record ServerSettings(int port, ServerSecurity security, Limits limits, Operations operations) {

  /**
   * What a peer may take, each with a default that is documented at {@link GrpcServer}.
   *
   * @param messageBytes the largest request
   * @param callsPerConnection how many calls one connection may have in flight
   * @param connectionAge after which a connection is asked to be made anew
   * @param announced how long the drain is announced before the port is closed
   */
  record Limits(
      int messageBytes, int callsPerConnection, Duration connectionAge, Duration announced) {
    static final Limits DEFAULT =
        new Limits(ClientSettings.FOUR_MEBIBYTES, 1000, Duration.ofMinutes(30), Duration.ZERO);

    Limits {
      require(messageBytes >= 1, "maxMessageBytes", messageBytes, "at least 1");
      require(
          callsPerConnection >= 1,
          "maxConcurrentCallsPerConnection",
          callsPerConnection,
          "at least 1");
      require(
          connectionAge.compareTo(Duration.ofSeconds(1)) >= 0,
          "maxConnectionAge",
          connectionAge,
          "at least 1 s");
      require(!announced.isNegative(), "announcedFor", announced, "0 or more");
    }

    Limits messageBytes(int most) {
      return new Limits(most, callsPerConnection, connectionAge, announced);
    }

    Limits callsPerConnection(int most) {
      return new Limits(messageBytes, most, connectionAge, announced);
    }

    Limits connectionAge(Duration age) {
      return new Limits(messageBytes, callsPerConnection, age, announced);
    }

    Limits announced(Duration before) {
      return new Limits(messageBytes, callsPerConnection, connectionAge, before);
    }

    private static void require(boolean holds, String what, Object value, String rule) {
      if (!holds) {
        throw new IllegalArgumentException(
            "grpc server: " + what + " is " + value + " but must be " + rule);
      }
    }
  }

  ServerSettings {
    if (port < 0 || port > 65535) {
      throw new IllegalArgumentException(
          "grpc server: the port is " + port + " but must be 0 to 65535; 0 takes any free one");
    }
    security.check("grpc server on port " + port);
  }

  String name() {
    String place = operations.place();
    return place == null ? "grpc server on port " + port : "grpc server at " + place;
  }

  ServerSettings limits(Limits other) {
    return new ServerSettings(port, security, other, operations);
  }

  ServerSettings security(ServerSecurity other) {
    return new ServerSettings(port, other, limits, operations);
  }

  ServerSettings operations(Operations other) {
    return new ServerSettings(port, security, limits, other);
  }

  /** A server that has no contracts and no limits yet. */
  ServerBuilder<?> builder(TlsFiles files) {
    // By its name: another server on the class path would have none of the bounds of Floods.
    return NettyServerBuilder.forPort(port, security.credentials(name(), files));
  }
}
