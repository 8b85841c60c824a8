package dev.comms.testkit.brokers;

import java.io.DataInputStream;
import java.io.IOException;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;

/**
 * Asks a Kafka which versions it speaks, on a plain socket. The port of a container accepts
 * connections before its broker does, and Kafka's client would log each of its vain attempts.
 */
final class KafkaGreeting {

  private static final short API_VERSIONS = 18;
  private static final int CORRELATION = 0x636f6d73;
  private static final int REQUEST = 10;

  private KafkaGreeting() {}

  static void ask(int port) throws IOException, Readiness.Final {
    try (Socket socket = Hosts.connect("127.0.0.1", port, false)) {
      // key, version, correlation, no client id: the oldest form, which every broker answers
      ByteBuffer request = ByteBuffer.allocate(4 + REQUEST);
      request.putInt(REQUEST).putShort(API_VERSIONS).putShort((short) 0);
      request.putInt(CORRELATION).putShort((short) -1);
      socket.getOutputStream().write(request.array());
      DataInputStream in = new DataInputStream(socket.getInputStream());
      in.readInt();
      if (in.readInt() != CORRELATION) {
        throw new Readiness.Final("what answers there is no Kafka");
      }
    } catch (SocketTimeoutException e) {
      throw new IOException("no answer to ApiVersions came", e);
    }
  }
}
