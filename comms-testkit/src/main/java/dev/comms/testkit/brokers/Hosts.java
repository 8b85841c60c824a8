package dev.comms.testkit.brokers;

import java.io.IOException;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.net.URISyntaxException;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import org.jspecify.annotations.Nullable;

/** Host names and ports of URIs, and sockets to them. */
final class Hosts {

  private static final Duration CONNECT = Duration.ofSeconds(2);
  private static final Duration READ = Duration.ofSeconds(5);

  private Hosts() {}

  /** The value as a URI of one of the two schemes, or null. */
  static @Nullable URI parse(String value, String scheme, String tlsScheme) {
    try {
      URI uri = new URI(value.strip());
      boolean known = scheme.equals(uri.getScheme()) || tlsScheme.equals(uri.getScheme());
      return known && uri.getHost() != null ? uri : null;
    } catch (URISyntaxException e) {
      return null;
    }
  }

  /** Opens a socket that gives up connecting after 2 s and reading after 5 s. */
  static Socket connect(String host, int port, boolean tls) throws IOException {
    Socket socket = new Socket();
    try {
      socket.connect(new InetSocketAddress(host, port), (int) CONNECT.toMillis());
      socket.setSoTimeout((int) READ.toMillis());
      return tls ? secured(socket, host, port) : socket;
    } catch (SocketTimeoutException e) {
      socket.close();
      throw new ConnectException(host + ":" + port + " accepted no connection in time");
    } catch (IOException e) {
      socket.close();
      throw e;
    }
  }

  private static Socket secured(Socket socket, String host, int port) throws IOException {
    try {
      SSLSocket secured =
          (SSLSocket)
              SSLContext.getDefault().getSocketFactory().createSocket(socket, host, port, true);
      secured.startHandshake();
      return secured;
    } catch (NoSuchAlgorithmException e) {
      throw new IOException("this JVM has no default TLS context", e);
    }
  }
}
