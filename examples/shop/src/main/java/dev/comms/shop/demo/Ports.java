package dev.comms.shop.demo;

import java.io.IOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;

/** Looks at a port before anything slow is begun. */
final class Ports {
  private Ports() {}

  /**
   * Does nothing if the port can be had, or if it is 0, which is any.
   *
   * @throws IOException naming the port, if it is in use
   */
  static void mustBeFree(int port) throws IOException {
    if (port == 0) {
      return;
    }
    try (ServerSocket probe = new ServerSocket()) {
      probe.setReuseAddress(true); // as the gateway does: a port that was just left may be taken
      probe.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
    } catch (BindException taken) {
      throw new IOException(
          "port " + port + " is in use or not allowed; choose another with --port, or 0 for any");
    }
  }
}
