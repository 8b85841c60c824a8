package dev.comms.testkit.brokers;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;

/** Commands to a Redis on a plain socket, so that the testkit needs no Redis client. */
final class RedisTalk implements AutoCloseable {

  private static final int DEFAULT_PORT = 6379;
  private static final int MOST_BYTES = 1 << 20;

  private final Socket socket;
  private final InputStream in;

  private RedisTalk(Socket socket) throws IOException {
    this.socket = socket;
    in = new BufferedInputStream(socket.getInputStream());
  }

  /** Connects, and logs in if the URI names a user or a password. */
  static RedisTalk with(URI uri) throws IOException, Readiness.Final {
    int port = uri.getPort() < 0 ? DEFAULT_PORT : uri.getPort();
    Socket socket = Hosts.connect(uri.getHost(), port, "rediss".equals(uri.getScheme()));
    try {
      RedisTalk talk = new RedisTalk(socket);
      String userInfo = uri.getRawUserInfo();
      if (userInfo != null) {
        talk.ask(login(userInfo));
      }
      return talk;
    } catch (IOException | Readiness.Final e) {
      socket.close();
      throw e;
    }
  }

  /** The answer's text; only for commands that answer with one value. */
  String ask(String... words) throws IOException, Readiness.Final {
    try {
      socket.getOutputStream().write(command(words));
      return answer();
    } catch (SocketTimeoutException e) {
      throw new IOException("no answer to " + words[0] + " came", e);
    }
  }

  /** The value of a line {@code name:value} of an answer to INFO or CLUSTER INFO. */
  static String field(String answer, String name) throws IOException {
    return answer
        .lines()
        .filter(line -> line.startsWith(name + ":"))
        .map(line -> line.substring(line.indexOf(':') + 1).strip())
        .findFirst()
        .orElseThrow(() -> new IOException("the answer names no " + name));
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }

  private static String[] login(String userInfo) {
    int colon = userInfo.indexOf(':');
    String password = decoded(userInfo.substring(colon + 1));
    return colon <= 0
        ? new String[] {"AUTH", password}
        : new String[] {"AUTH", decoded(userInfo.substring(0, colon)), password};
  }

  private static String decoded(String text) {
    return URLDecoder.decode(text.replace("+", "%2B"), StandardCharsets.UTF_8);
  }

  private static byte[] command(String... words) {
    StringBuilder text = new StringBuilder("*" + words.length + "\r\n");
    for (String word : words) {
      int length = word.getBytes(StandardCharsets.UTF_8).length;
      text.append('$').append(length).append("\r\n").append(word).append("\r\n");
    }
    return text.toString().getBytes(StandardCharsets.UTF_8);
  }

  private String answer() throws IOException, Readiness.Final {
    String line = line();
    char kind = line.isEmpty() ? ' ' : line.charAt(0);
    if (kind == '+' || kind == ':') {
      return line.substring(1);
    }
    if (kind == '$') {
      int length = Integer.parseInt(line.substring(1));
      if (length < 0 || length > MOST_BYTES) {
        throw new IOException("an answer of " + length + " bytes");
      }
      byte[] body = in.readNBytes(length);
      line();
      return new String(body, StandardCharsets.UTF_8);
    }
    if (line.startsWith("-LOADING")) {
      throw new IOException(line.substring(1));
    }
    if (kind == '-') {
      throw new Readiness.Final(line.substring(1));
    }
    throw new Readiness.Final("what answers there is no Redis");
  }

  private String line() throws IOException {
    ByteArrayOutputStream line = new ByteArrayOutputStream();
    for (int b = in.read(); b != '\n'; b = in.read()) {
      if (b < 0) {
        throw new EOFException("the connection was closed before an answer");
      }
      if (line.size() > MOST_BYTES) {
        throw new IOException("a line without end");
      }
      line.write(b);
    }
    return line.toString(StandardCharsets.UTF_8).stripTrailing();
  }
}
