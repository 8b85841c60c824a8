package dev.comms.grpc;

import dev.comms.contract.CommsException;
import io.grpc.ManagedChannelBuilder;
import io.grpc.ServerBuilder;
import io.grpc.inprocess.InProcessChannelBuilder;
import io.grpc.inprocess.InProcessServerBuilder;

/** Servers and channels of one process; their library, grpc-inprocess, is optional. */
final class InProcess {
  private InProcess() {}

  static ManagedChannelBuilder<?> channel(String target) {
    try {
      return InProcessChannelBuilder.forName(name(target));
    } catch (NoClassDefFoundError absent) {
      throw absent("grpc " + target);
    }
  }

  static ServerBuilder<?> server(String place) {
    try {
      return InProcessServerBuilder.forName(name(place));
    } catch (NoClassDefFoundError absent) {
      throw absent("grpc server at " + place);
    }
  }

  private static String name(String place) {
    return place.substring(Channels.IN_PROCESS.length());
  }

  private static CommsException absent(String who) {
    return new CommsException.Misconfigured(
        who, "its library is not there; add io.grpc:grpc-inprocess to the test's dependencies");
  }
}
