package dev.comms.testkit.proxy;

import java.util.Random;

/**
 * Changes some of the bytes of one direction of one connection. It draws the distance to the next
 * one, so how the bytes are cut into pieces makes no difference to which are changed.
 */
final class Corruption {
  private static final long FAR = Long.MAX_VALUE / 4;
  private static final int OTHER_VALUES = 255;

  private final Effect.Corrupt how;
  private final Random random;
  private long next;

  Corruption(Effect.Corrupt how, Random random) {
    this.how = how;
    this.random = random;
    next = gap();
  }

  void change(byte[] bytes) {
    while (next < bytes.length) {
      // never with 0, which would leave the byte as it is
      bytes[(int) next] ^= (byte) (1 + random.nextInt(OTHER_VALUES));
      next += 1 + gap();
    }
    next -= bytes.length;
  }

  /** How many bytes stay as they are before the next that is changed. */
  private long gap() {
    if (how.every() > 0) {
      return how.every() - 1;
    }
    double drawn = Math.log1p(-random.nextDouble()) / Math.log1p(-how.probability());
    return (long) Math.min((double) FAR, drawn);
  }
}
