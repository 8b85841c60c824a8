package dev.comms.rabbit;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/** A wire between client and broker that can be cut, and cut for a while. */
final class CuttableProxy implements AutoCloseable {
  private final URI target;
  private final ServerSocket server;
  private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();
  final AtomicInteger accepted = new AtomicInteger();
  private volatile boolean refusing;

  CuttableProxy(String address) throws IOException {
    this.target = URI.create(address);
    this.server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    Threads.named("proxy-accept", this::accept).start();
  }

  /** The broker's address by way of this wire. */
  String address() {
    String old = target.getHost() + ":" + target.getPort();
    return target.toString().replace(old, "127.0.0.1:" + server.getLocalPort());
  }

  /** Resets every connection; new ones go through. */
  void cut() {
    for (Socket each : sockets) {
      closed(each);
    }
  }

  void refuse(boolean value) {
    refusing = value;
    if (value) {
      cut();
    }
  }

  @Override
  public void close() throws IOException {
    server.close();
    cut();
  }

  private void accept() {
    while (!server.isClosed()) {
      try {
        Socket client = server.accept();
        if (refusing) {
          client.close();
          continue;
        }
        accepted.incrementAndGet();
        Socket broker = new Socket(target.getHost(), target.getPort());
        sockets.add(client);
        sockets.add(broker);
        Threads.named("proxy-up", () -> pump(client, broker)).start();
        Threads.named("proxy-down", () -> pump(broker, client)).start();
      } catch (IOException closed) {
        sockets.removeIf(Socket::isClosed);
      }
    }
  }

  private void pump(Socket from, Socket to) {
    try (InputStream in = from.getInputStream();
        OutputStream out = to.getOutputStream()) {
      in.transferTo(out);
    } catch (IOException cut) {
      closed(to);
    } finally {
      closed(from);
      sockets.remove(from);
    }
  }

  private static void closed(Socket socket) {
    try {
      socket.setSoLinger(true, 0);
      socket.close();
    } catch (IOException alreadyGone) {
      socket.isClosed();
    }
  }
}
