package dev.comms.grpc;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;

/** Passes bytes on to a port until it is cut; then every connection is reset. */
final class Relay implements AutoCloseable {
  private final ServerSocket listening;
  private final int port;
  private final List<Socket> sockets = new ArrayList<>();
  private boolean cut;

  Relay(int port) throws IOException {
    this.port = port;
    this.listening = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    run("relay-accept", this::accept);
  }

  String address() {
    return "127.0.0.1:" + listening.getLocalPort();
  }

  private void accept() throws IOException {
    while (true) {
      Socket near = listening.accept();
      Socket far = new Socket(InetAddress.getLoopbackAddress(), port);
      if (!connected(near, far)) {
        return;
      }
      run("relay-to", () -> near.getInputStream().transferTo(far.getOutputStream()));
      run("relay-from", () -> far.getInputStream().transferTo(near.getOutputStream()));
    }
  }

  /** False for what was accepted while the relay was being cut: that is reset with the rest. */
  private synchronized boolean connected(Socket near, Socket far) throws IOException {
    if (cut) {
      reset(near);
      reset(far);
      return false;
    }
    sockets.add(near);
    sockets.add(far);
    return true;
  }

  /** Resets what is connected and accepts nothing more. */
  synchronized void cut() throws IOException {
    cut = true;
    listening.close();
    for (Socket socket : sockets) {
      reset(socket);
    }
  }

  /** Lingering for 0 s sends RST instead of FIN. */
  private static void reset(Socket socket) throws IOException {
    socket.setSoLinger(true, 0);
    socket.close();
  }

  @Override
  public synchronized void close() throws IOException {
    cut = true;
    listening.close();
    for (Socket socket : sockets) {
      socket.close();
    }
  }

  private interface Piece {
    void run() throws IOException;
  }

  private static void run(String name, Piece piece) {
    Thread thread =
        new Thread(
            () -> {
              try {
                piece.run();
              } catch (IOException closed) {
                // The regular end: somebody closed the socket.
                return;
              }
            },
            name);
    thread.setDaemon(true);
    thread.start();
  }
}
