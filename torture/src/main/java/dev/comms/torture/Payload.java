package dev.comms.torture;

import java.nio.ByteBuffer;
import java.util.Arrays;

/** Which operation a message is of, and its key; the rest fills it up. */
final class Payload {
  static final int BYTES = 128;

  private Payload() {}

  static byte[] of(int number, int key) {
    byte[] body = new byte[BYTES];
    Arrays.fill(body, (byte) number);
    ByteBuffer.wrap(body).putInt(number).putInt(key);
    return body;
  }

  static int number(byte[] body) {
    return ByteBuffer.wrap(body).getInt();
  }

  static String key(byte[] body) {
    return "key-" + ByteBuffer.wrap(body, Integer.BYTES, Integer.BYTES).getInt();
  }
}
