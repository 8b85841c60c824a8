package dev.comms.grpc;

import io.grpc.Server;
import io.grpc.ServerBuilder;
import java.io.IOException;

/** Where a server listens. It is opened once, and closed also when opening failed. */
interface Door {

  /** A server behind this door that has no contracts and no limits yet. */
  ServerBuilder<?> builder();

  /** Whether bytes travel, so that connections have an age and can fall silent. */
  default boolean hasWire() {
    return true;
  }

  /** Called when the server has begun to listen. */
  default void opened() throws IOException {}

  /** What a client on this machine writes. */
  String address(Server listening);

  default void close() {}

  /** The door of these settings. */
  static Door of(ServerSettings settings, TlsFiles files) {
    String place = settings.operations().place();
    if (place == null) {
      return new Port(settings, files);
    }
    return settings.operations().inProcess()
        ? new Inside(place)
        : UnixDoor.at(
            settings.name(), place, settings.security().credentials(settings.name(), files));
  }

  /** A TCP port of all interfaces. */
  record Port(ServerSettings settings, TlsFiles files) implements Door {
    @Override
    public ServerBuilder<?> builder() {
      return settings.builder(files);
    }

    @Override
    public String address(Server listening) {
      return "127.0.0.1:" + listening.getPort();
    }
  }

  /** A name in this process. */
  record Inside(String place) implements Door {
    @Override
    public ServerBuilder<?> builder() {
      return InProcess.server(place);
    }

    @Override
    public boolean hasWire() {
      return false;
    }

    @Override
    public String address(Server listening) {
      return place;
    }
  }
}
