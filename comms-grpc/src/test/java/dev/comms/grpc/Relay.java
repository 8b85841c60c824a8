package dev.comms.grpc;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** Passes bytes on to a port until it is cut; then every connection is reset. */
final class Relay implements AutoCloseable {
  private final ServerSocket listening;
  private final int port;
  private final List<Socket> sockets = new CopyOnWriteArrayList<>();

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
      sockets.add(near);
      sockets.add(far);
      run("relay-to", () -> near.getInputStream().transferTo(far.getOutputStream()));
      run("relay-from", () -> far.getInputStream().transferTo(near.getOutputStream()));
    }
  }

  /** Resets what is connected and accepts nothing more. */
  void cut() throws IOException {
    listening.close();
    for (Socket socket : sockets) {
      // Lingering for 0 s sends RST instead of FIN.
      socket.setSoLinger(true, 0);
      socket.close();
    }
  }

  @Override
  public void close() throws IOException {
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
