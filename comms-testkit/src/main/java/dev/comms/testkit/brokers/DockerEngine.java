package dev.comms.testkit.brokers;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.StandardProtocolFamily;
import java.net.URI;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Looks for the container engine that Testcontainers would find. Testcontainers is not asked: where
 * there is none it needs seconds to say so, with stack traces in the log.
 */
record DockerEngine(Map<String, String> environment, String home) {

  private static final Duration LIMIT = Duration.ofSeconds(2);
  private static final String UNIX = "unix://";
  private static final String OK = "HTTP/1.1 200";
  private static final String PING =
      "GET /_ping HTTP/1.1\r\nHost: docker\r\nConnection: close\r\n\r\n";

  /** The first that answers to a ping. */
  Optional<String> answering() {
    return candidates().stream().filter(this::answers).findFirst();
  }

  /** {@code DOCKER_HOST} alone if it is set; else the sockets of the usual installations. */
  List<String> candidates() {
    String named = environment.getOrDefault("DOCKER_HOST", "").strip();
    if (!named.isEmpty()) {
      return List.of(named);
    }
    String runtime = environment.getOrDefault("XDG_RUNTIME_DIR", "");
    return Stream.of(
            "/var/run/docker.sock",
            runtime.isBlank() ? "" : runtime + "/docker.sock",
            home + "/.docker/run/docker.sock",
            home + "/.docker/desktop/docker.sock")
        .filter(path -> path.startsWith("/"))
        .map(path -> UNIX + path)
        .toList();
  }

  private boolean answers(String address) {
    try {
      if (address.startsWith(UNIX)) {
        return pinged(UnixDomainSocketAddress.of(address.substring(UNIX.length())), true);
      }
      URI engine = URI.create(address);
      if (engine.getHost() == null || engine.getPort() < 0) {
        return false;
      }
      // what another machine publishes on its 127.0.0.1 is not to be reached from here
      InetAddress host = InetAddress.getByName(engine.getHost());
      boolean plain = environment.getOrDefault("DOCKER_TLS_VERIFY", "").isBlank();
      return host.isLoopbackAddress()
          && pinged(new InetSocketAddress(host, engine.getPort()), plain);
    } catch (IOException | RuntimeException none) {
      return false;
    }
  }

  /** Connects, and asks what listens there unless it speaks TLS. */
  private static boolean pinged(SocketAddress address, boolean plain) throws IOException {
    long end = System.nanoTime() + LIMIT.toNanos();
    try (SocketChannel channel = channel(address);
        Selector selector = Selector.open()) {
      channel.configureBlocking(false);
      SelectionKey key = channel.register(selector, SelectionKey.OP_CONNECT);
      if (!channel.connect(address)) {
        await(selector, end);
        channel.finishConnect();
      }
      if (!plain) {
        return true;
      }
      channel.write(ByteBuffer.wrap(PING.getBytes(US_ASCII)));
      key.interestOps(SelectionKey.OP_READ);
      ByteBuffer answer = ByteBuffer.allocate(OK.length());
      while (answer.hasRemaining() && channel.read(answer) >= 0) {
        await(selector, end);
      }
      return new String(answer.array(), US_ASCII).equals(OK);
    }
  }

  private static SocketChannel channel(SocketAddress address) throws IOException {
    return address instanceof UnixDomainSocketAddress
        ? SocketChannel.open(StandardProtocolFamily.UNIX)
        : SocketChannel.open();
  }

  private static void await(Selector selector, long end) throws IOException {
    long left = (end - System.nanoTime()) / 1_000_000;
    if (left <= 0 || selector.select(left) == 0) {
      throw new IOException("no answer in time");
    }
    selector.selectedKeys().clear();
  }
}
