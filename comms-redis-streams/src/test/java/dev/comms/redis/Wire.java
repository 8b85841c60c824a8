package dev.comms.redis;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** The wire between a transport and its server, to be cut or stalled by a test. */
final class Wire implements AutoCloseable {
  private final URI server;
  private final ServerSocket listener;
  private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();
  private volatile boolean cut;
  private volatile int accepted;
  private volatile int swallowed; // connections up to this number carry nothing

  @SuppressWarnings("JdkObsolete") // two threads append: what they would have carried
  private final StringBuffer lost = new StringBuffer();

  Wire(String server) {
    this.server = URI.create(server);
    try {
      listener = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
    start("wire-accept", this::accept);
  }

  String address() {
    return "redis://127.0.0.1:" + listener.getLocalPort();
  }

  /** Breaks all connections and every new one. */
  void cut() {
    cut = true;
    sockets.forEach(Wire::close);
  }

  /** After a cut: new connections go through. */
  void mend() {
    cut = false;
  }

  /** Breaks all connections; new ones go through. */
  void reset() {
    sockets.forEach(Wire::close);
  }

  /** Swallows what both sides send from now on. */
  void stall() {
    swallowed = Integer.MAX_VALUE;
  }

  /** Whether this was sent and swallowed: it has left its sender for certain. */
  boolean hasSwallowed(String text) {
    return lost.indexOf(text) >= 0;
  }

  /** Carries what new connections send; those of before stay half-open. */
  void letNewThrough() {
    swallowed = accepted;
  }

  @Override
  public void close() {
    cut();
    close(listener);
  }

  private void accept() {
    while (!listener.isClosed()) {
      try {
        Socket client = listener.accept();
        if (cut) {
          close(client);
          continue;
        }
        int number = accepted + 1;
        accepted = number;
        Socket target = new Socket(server.getHost(), server.getPort());
        sockets.add(client);
        sockets.add(target);
        start("wire-there", () -> pump(number, client, target));
        start("wire-back", () -> pump(number, target, client));
      } catch (IOException closed) {
        // the listener was closed, or the server refused
      }
    }
  }

  private void pump(int number, Socket from, Socket to) {
    byte[] buffer = new byte[8_192];
    try (from;
        to) {
      int read = from.getInputStream().read(buffer);
      while (read >= 0) {
        if (number > swallowed) {
          to.getOutputStream().write(buffer, 0, read);
        } else {
          lost.append(new String(buffer, 0, read, StandardCharsets.ISO_8859_1));
        }
        read = from.getInputStream().read(buffer);
      }
    } catch (IOException broken) {
      // cut, which is what this class is for
    } finally {
      sockets.remove(from);
      sockets.remove(to);
    }
  }

  private static void start(String name, Runnable work) {
    Thread thread = new Thread(work, name);
    thread.setDaemon(true);
    thread.start();
  }

  private static void close(AutoCloseable resource) {
    try {
      resource.close();
    } catch (Exception alreadyBroken) {
      // it is gone, as wanted
    }
  }
}
