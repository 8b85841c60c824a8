package dev.comms.testkit.brokers;

import java.io.ByteArrayInputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.nio.charset.StandardCharsets;

/**
 * Reads the version that a RabbitMQ states in {@code connection.start}, the first frame of AMQP
 * 0-9-1, on a plain socket, so that the testkit needs no AMQP client. It does not log in.
 */
final class AmqpGreeting {

  private static final byte[] HEADER = {'A', 'M', 'Q', 'P', 0, 0, 9, 1};
  private static final int MOST_BYTES = 1 << 17;
  private static final int CONNECTION_START = 10 << 16 | 10;
  private static final int PORT = 5672;
  private static final int TLS_PORT = 5671;

  private AmqpGreeting() {}

  static String version(URI uri) throws IOException, Readiness.Final {
    boolean tls = "amqps".equals(uri.getScheme());
    int port = uri.getPort() >= 0 ? uri.getPort() : tls ? TLS_PORT : PORT;
    try (Socket socket = Hosts.connect(uri.getHost(), port, tls)) {
      socket.getOutputStream().write(HEADER);
      return version(new DataInputStream(socket.getInputStream()));
    } catch (SocketTimeoutException e) {
      throw new IOException("no AMQP greeting came", e);
    }
  }

  /** Reads one frame: type, channel, size, method, protocol version, server properties. */
  static String version(DataInputStream in) throws IOException, Readiness.Final {
    byte[] head = in.readNBytes(7);
    if (head.length < 7) {
      throw new IOException("the connection was closed before the AMQP greeting");
    }
    DataInputStream fields = new DataInputStream(new ByteArrayInputStream(head, 3, 4));
    int size = fields.readInt();
    if (head[0] != 1 || size < 0 || size > MOST_BYTES) {
      throw new Readiness.Final("what answers there does not speak AMQP 0-9-1");
    }
    DataInputStream frame = new DataInputStream(new ByteArrayInputStream(exactly(in, size)));
    if (frame.readInt() != CONNECTION_START) {
      throw new Readiness.Final("the first frame is not connection.start");
    }
    frame.readUnsignedShort();
    return versionIn(new DataInputStream(new ByteArrayInputStream(sized(frame))));
  }

  private static String versionIn(DataInputStream table) throws IOException, Readiness.Final {
    while (table.available() > 0) {
      String name = new String(exactly(table, table.readUnsignedByte()), StandardCharsets.UTF_8);
      byte[] value = value(table);
      if (name.equals("version")) {
        return new String(value, StandardCharsets.UTF_8);
      }
    }
    throw new Readiness.Final("the server properties name no version");
  }

  private static byte[] value(DataInputStream table) throws IOException {
    char type = (char) table.readUnsignedByte();
    return switch (type) {
      case 'S', 'F', 'A', 'x' -> sized(table);
      case 't', 'b', 'B' -> exactly(table, 1);
      case 's', 'u' -> exactly(table, 2);
      case 'I', 'i', 'f' -> exactly(table, 4);
      case 'D' -> exactly(table, 5);
      case 'l', 'd', 'T' -> exactly(table, 8);
      case 'V' -> new byte[0];
      default -> throw new IOException("a server property of the unknown type " + (int) type);
    };
  }

  private static byte[] sized(DataInputStream in) throws IOException {
    return exactly(in, in.readInt());
  }

  private static byte[] exactly(DataInputStream in, int size) throws IOException {
    if (size < 0 || size > MOST_BYTES) {
      throw new IOException("a field of " + size + " bytes");
    }
    byte[] bytes = in.readNBytes(size);
    if (bytes.length < size) {
      throw new IOException("the AMQP greeting ends " + (size - bytes.length) + " bytes early");
    }
    return bytes;
  }
}
