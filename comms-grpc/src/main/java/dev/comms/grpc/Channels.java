package dev.comms.grpc;

import dev.comms.contract.CommsException;
import io.grpc.ChannelCredentials;
import io.grpc.Grpc;
import io.grpc.ManagedChannelBuilder;
import java.util.concurrent.Executor;

/** The channel of a destination: a name, a static list, a Unix socket, or a server in here. */
final class Channels {
  /** The scheme of servers in the same process. */
  static final String IN_PROCESS = "in-process:";

  /** The scheme of sockets in the file system, as gRPC names them. */
  static final String UNIX = "unix:";

  private Channels() {}

  /**
   * A channel that has no settings yet.
   *
   * @param blocking where names are looked up
   * @throws CommsException.Misconfigured if there is no such destination on this machine
   */
  static ManagedChannelBuilder<?> builder(
      ClientSettings settings, TlsFiles files, Executor blocking) {
    String target = settings.target();
    try {
      if (!settings.connecting().list().isEmpty()) {
        return list(settings, credentials(settings, files), blocking);
      }
      if (target.startsWith(IN_PROCESS)) {
        return InProcess.channel(target);
      }
      if (target.startsWith(UNIX)) {
        UnixSockets.require("grpc " + target);
      }
      ManagedChannelBuilder<?> builder =
          Grpc.newChannelBuilder(target, credentials(settings, files));
      // A path is no name that a certificate could have.
      return target.startsWith(UNIX) ? builder.overrideAuthority("localhost") : builder;
    } catch (IllegalArgumentException malformed) {
      throw none(target);
    }
  }

  private static ChannelCredentials credentials(ClientSettings settings, TlsFiles files) {
    return settings.security().credentials("grpc " + settings.target(), files);
  }

  /**
   * The place of a server in this process.
   *
   * @throws IllegalArgumentException if the name is empty
   */
  static String inProcess(String name) {
    if (name.isBlank()) {
      throw new IllegalArgumentException("grpc: the in-process name is empty; give it one");
    }
    return IN_PROCESS + name;
  }

  static CommsException none(String target) {
    return new CommsException.Misconfigured(
        "grpc", "the target '" + target + "' is none; write host:port or dns:///host:port");
  }

  @SuppressWarnings("deprecation") // for a resolver of one channel, 1.81 has no other way
  private static ManagedChannelBuilder<?> list(
      ClientSettings settings, ChannelCredentials credentials, Executor blocking) {
    return Grpc.newChannelBuilder(Addresses.SCHEME + ":///", credentials)
        .nameResolverFactory(Addresses.factory(settings.connecting(), blocking));
  }
}
