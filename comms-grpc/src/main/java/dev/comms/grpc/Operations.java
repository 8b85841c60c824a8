package dev.comms.grpc;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * How a server is run, each with a default that is documented at {@link GrpcServer}.
 *
 * @param place where it listens when it is not on a port: {@code unix:///path} or {@code
 *     in-process:name}
 * @param keepAlive how long a connection may be silent before it is probed
 * @param compressed whether replies are compressed for those who can read them
 * @param logged the share of calls that are logged, 0 to 1
 * @param reflection whether it tells its methods and their messages to whoever asks
 * @param channelz whether it tells its connections to who asks from this machine
 */
record Operations(
    @Nullable String place,
    Duration keepAlive,
    boolean compressed,
    double logged,
    boolean reflection,
    boolean channelz) {
  static final Operations DEFAULT =
      new Operations(null, Duration.ofSeconds(30), false, 0, false, false);

  Operations {
    if (keepAlive.compareTo(ClientSettings.SHORTEST_KEEP_ALIVE) < 0) {
      throw new IllegalArgumentException(
          "grpc server: keepAlive is "
              + keepAlive
              + " but must be at least "
              + ClientSettings.SHORTEST_KEEP_ALIVE);
    }
    if (!(logged >= 0 && logged <= 1)) {
      throw new IllegalArgumentException(
          "grpc server: accessLog is " + logged + " but must be a share of 0 to 1");
    }
  }

  boolean inProcess() {
    return place != null && place.startsWith(Channels.IN_PROCESS);
  }

  static Operations at(String place) {
    return new Operations(place, DEFAULT.keepAlive, false, 0, false, false);
  }

  Operations keepAlive(Duration silence) {
    return new Operations(place, silence, compressed, logged, reflection, channelz);
  }

  Operations compressing() {
    return new Operations(place, keepAlive, true, logged, reflection, channelz);
  }

  Operations logged(double share) {
    return new Operations(place, keepAlive, compressed, share, reflection, channelz);
  }

  Operations reflecting() {
    return new Operations(place, keepAlive, compressed, logged, true, channelz);
  }

  Operations tellingChannels() {
    return new Operations(place, keepAlive, compressed, logged, reflection, true);
  }
}
