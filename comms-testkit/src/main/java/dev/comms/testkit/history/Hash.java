package dev.comms.testkit.history;

import java.util.zip.CRC32C;

/** Tells bodies apart. */
final class Hash {
  private Hash() {}

  static String of(byte[] body) {
    CRC32C sum = new CRC32C();
    sum.update(body);
    return Long.toHexString(sum.getValue()) + "-" + body.length;
  }
}
