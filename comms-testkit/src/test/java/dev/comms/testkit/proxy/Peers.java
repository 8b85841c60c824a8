package dev.comms.testkit.proxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;

/** A server, a proxy before it, and the connections that tests make through it. */
final class Peers implements AutoCloseable {
  /** For what must come. */
  private static final int PATIENCE = 60_000;

  /** For what must not: it cannot make a good proxy fail, however slow the machine is. */
  private static final int QUIET = 250;

  final ServerSocket server;
  final FaultProxy proxy;
  private final List<Socket> open = new ArrayList<>();

  /** Both ends of one connection through the proxy. */
  record Link(Socket client, Socket server) {
    Socket sender(Direction towards) {
      return towards == Direction.SERVER ? client : server;
    }

    Socket receiver(Direction towards) {
      return towards == Direction.SERVER ? server : client;
    }

    void send(Direction towards, byte[] bytes) throws IOException {
      sender(towards).getOutputStream().write(bytes);
    }

    byte[] receive(Direction towards, int count) throws IOException {
      return Peers.receive(receiver(towards), count);
    }

    byte[] pass(Direction towards, byte[] bytes) throws IOException {
      send(towards, bytes);
      return receive(towards, bytes.length);
    }
  }

  Peers() throws IOException {
    this(1);
  }

  Peers(long seed) throws IOException {
    server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    server.setSoTimeout(PATIENCE);
    proxy = FaultProxy.to("127.0.0.1", server.getLocalPort(), seed);
  }

  Socket client() throws IOException {
    Socket socket = new Socket();
    open.add(socket);
    socket.setSoTimeout(PATIENCE);
    socket.setTcpNoDelay(true);
    socket.connect(new InetSocketAddress(proxy.host(), proxy.port()), PATIENCE);
    return socket;
  }

  Socket accepted() throws IOException {
    Socket socket = server.accept();
    open.add(socket);
    socket.setSoTimeout(PATIENCE);
    socket.setTcpNoDelay(true);
    return socket;
  }

  Link link() throws IOException {
    Socket client = client();
    return new Link(client, accepted());
  }

  void noneIsAccepted() throws IOException {
    server.setSoTimeout(QUIET);
    assertThatThrownBy(server::accept).isInstanceOf(SocketTimeoutException.class);
    server.setSoTimeout(PATIENCE);
  }

  static byte[] receive(Socket from, int count) throws IOException {
    return from.getInputStream().readNBytes(count);
  }

  static void hearsNothing(Socket socket) throws IOException {
    socket.setSoTimeout(QUIET);
    assertThatThrownBy(() -> socket.getInputStream().read())
        .isInstanceOf(SocketTimeoutException.class);
    socket.setSoTimeout(PATIENCE);
  }

  static void isClosed(Socket socket) throws IOException {
    assertThat(socket.getInputStream().read()).isEqualTo(-1);
  }

  static void isReset(Socket socket) {
    assertThatThrownBy(() -> socket.getInputStream().readAllBytes())
        .isInstanceOf(SocketException.class)
        .hasMessageContaining("reset");
  }

  /** A reset that comes at once may be seen by the connecting already. */
  void newConnectionsAreReset() {
    assertThatThrownBy(() -> client().getInputStream().read())
        .isInstanceOf(SocketException.class)
        .hasMessageContaining("reset");
  }

  /** Longer than Awaitility's own 10 s, which a busy machine may need. */
  static void awaits(Callable<Boolean> condition) {
    await().atMost(Duration.ofMillis(PATIENCE)).until(condition);
  }

  static byte[] bytes(int count) {
    byte[] bytes = new byte[count];
    new Random(count).nextBytes(bytes);
    return bytes;
  }

  static Duration since(long begun) {
    return Duration.ofNanos(System.nanoTime() - begun);
  }

  @Override
  public void close() throws IOException {
    proxy.close();
    for (Socket one : open) {
      one.close();
    }
    server.close();
  }
}
