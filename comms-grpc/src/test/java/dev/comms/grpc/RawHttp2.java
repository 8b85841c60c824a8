package dev.comms.grpc;

import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Map;

/** A peer that writes HTTP/2's frames by hand (RFC 9113), and so may write what nobody should. */
final class RawHttp2 implements AutoCloseable {
  static final int DATA = 0;
  static final int HEADERS = 1;
  static final int RST_STREAM = 3;
  static final int SETTINGS = 4;
  static final int PING = 6;
  static final int GO_AWAY = 7;
  static final int CONTINUATION = 9;
  static final int ENHANCE_YOUR_CALM = 0xb;
  static final int MAX_CONCURRENT_STREAMS = 3;

  private static final int END_STREAM = 1;
  private static final int END_HEADERS = 4;
  private static final int MOST_PER_FRAME = 16_384;

  private final Socket socket;
  private final DataInputStream in;
  private final OutputStream out;

  /** A frame that came. */
  record Frame(int type, int flags, int stream, ByteBuffer payload) {}

  RawHttp2(int port) throws IOException {
    socket = new Socket(InetAddress.getLoopbackAddress(), port);
    socket.setSoTimeout((int) Service.LONG.toMillis());
    in = new DataInputStream(socket.getInputStream());
    out = socket.getOutputStream();
    out.write("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
    frame(SETTINGS, 0, 0, new byte[0]);
  }

  void frame(int type, int flags, int stream, byte[] payload) throws IOException {
    ByteBuffer whole = ByteBuffer.allocate(9 + payload.length);
    whole.put((byte) (payload.length >> 16)).putShort((short) payload.length);
    whole.put((byte) type).put((byte) flags).putInt(stream).put(payload);
    out.write(whole.array());
  }

  /** The head of a call that goes on, with more headers if wanted. */
  void call(int stream, String method, Map<String, String> more) throws IOException {
    ByteArrayOutputStream block = new ByteArrayOutputStream();
    literal(block, ":method", "POST");
    literal(block, ":scheme", "http");
    literal(block, ":path", "/" + method);
    literal(block, ":authority", "localhost");
    literal(block, "te", "trailers");
    literal(block, "content-type", "application/grpc");
    more.forEach((name, value) -> literal(block, name, value));
    byte[] all = block.toByteArray();
    int at = Math.min(all.length, MOST_PER_FRAME);
    boolean whole = at == all.length;
    frame(HEADERS, whole ? END_HEADERS : 0, stream, part(all, 0, at));
    while (at < all.length) {
      int end = Math.min(all.length, at + MOST_PER_FRAME);
      frame(CONTINUATION, end == all.length ? END_HEADERS : 0, stream, part(all, at, end));
      at = end;
    }
  }

  private static byte[] part(byte[] all, int from, int to) {
    return java.util.Arrays.copyOfRange(all, from, to);
  }

  /** HPACK without its table and without Huffman (RFC 7541, section 6.2.2). */
  private static void literal(ByteArrayOutputStream block, String name, String value) {
    block.write(0);
    text(block, name);
    text(block, value);
  }

  private static void text(ByteArrayOutputStream block, String text) {
    byte[] bytes = text.getBytes(StandardCharsets.US_ASCII);
    int left = bytes.length;
    if (left < 127) {
      block.write(left);
    } else {
      block.write(127);
      left -= 127;
      while (left >= 128) {
        block.write(left % 128 + 128);
        left /= 128;
      }
      block.write(left);
    }
    block.writeBytes(bytes);
  }

  void data(int stream, byte[] payload, boolean last) throws IOException {
    frame(DATA, last ? END_STREAM : 0, stream, payload);
  }

  void reset(int stream) throws IOException {
    frame(RST_STREAM, 0, stream, new byte[] {0, 0, 0, 8});
  }

  /** The next frame, or null at the end of the connection. */
  Frame read() throws IOException {
    try {
      int length = in.readUnsignedByte() << 16 | in.readUnsignedShort();
      int type = in.readUnsignedByte();
      int flags = in.readUnsignedByte();
      int stream = in.readInt();
      byte[] payload = new byte[length];
      in.readFully(payload);
      return new Frame(type, flags, stream, ByteBuffer.wrap(payload));
    } catch (EOFException ended) {
      return null;
    }
  }

  /** The next frame of this type; others are passed over. */
  Frame read(int type) throws IOException {
    for (Frame frame = read(); frame != null; frame = read()) {
      if (frame.type() == type) {
        return frame;
      }
    }
    throw new AssertionError("the connection ended before a frame of type " + type);
  }

  /** Reads until the server has closed the connection. */
  void readToTheEnd() throws IOException {
    Frame frame = read();
    while (frame != null) {
      frame = read();
    }
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
