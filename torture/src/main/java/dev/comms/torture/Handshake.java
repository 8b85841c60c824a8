package dev.comms.torture;

import java.io.DataInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.function.Supplier;

/**
 * The first words of a protocol on a plain socket, which only a broker that serves answers. It owes
 * nothing to the clients under test.
 */
interface Handshake {
  int MILLIS = 300;

  /** Whether the broker answers now. */
  boolean answered();

  /** AMQP 0-9-1: the protocol header is answered by a method frame, connection.start. */
  static Handshake amqp(Supplier<String> address) {
    byte[] header = {'A', 'M', 'Q', 'P', 0, 0, 9, 1};
    return () -> asked(address.get(), header, in -> in.readByte() == 1);
  }

  /** Redis: PONG, once the data is loaded. */
  static Handshake redis(Supplier<String> address) {
    byte[] ping = "PING\r\n".getBytes(StandardCharsets.US_ASCII);
    return () -> asked(address.get(), ping, in -> in.readByte() == '+');
  }

  /** Kafka: ApiVersions, version 0, is answered under its correlation id. */
  static Handshake kafka(Supplier<String> address) {
    // size 10; key 18, version 0, correlation 7, no client id
    byte[] request = {0, 0, 0, 10, 0, 18, 0, 0, 0, 0, 0, 7, -1, -1};
    return () ->
        asked(
            address.get(),
            request,
            in -> in.readInt() > 0 && in.readInt() == 7 && in.readShort() == 0);
  }

  /** HTTP/2: the preface and empty settings are answered by the server's settings. */
  static Handshake http2(Supplier<String> address) {
    byte[] preface = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".getBytes(StandardCharsets.US_ASCII);
    byte[] request = new byte[preface.length + 9];
    System.arraycopy(preface, 0, request, 0, preface.length);
    request[preface.length + 3] = 4;
    return () ->
        asked(
            address.get(),
            request,
            in -> {
              in.skipNBytes(3);
              return in.readByte() == 4;
            });
  }

  /** What a good answer looks like. */
  interface Answer {
    boolean good(DataInputStream in) throws IOException;
  }

  private static boolean asked(String address, byte[] request, Answer answer) {
    int colon = address.lastIndexOf(':');
    try (Socket socket = new Socket()) {
      socket.setSoTimeout(MILLIS);
      int port = Integer.parseInt(address.substring(colon + 1));
      socket.connect(new InetSocketAddress(address.substring(0, colon), port), MILLIS);
      OutputStream out = socket.getOutputStream();
      out.write(request);
      out.flush();
      return answer.good(new DataInputStream(socket.getInputStream()));
    } catch (IOException away) {
      return false;
    }
  }
}
