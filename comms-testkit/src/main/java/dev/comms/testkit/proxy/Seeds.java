package dev.comms.testkit.proxy;

import java.util.Random;

/** The random numbers of one direction of one connection: the same in every run of one seed. */
record Seeds(long seed, long connection, Direction direction) {
  private static final long SPREAD = 0x9E3779B97F4A7C15L;
  private static final int HALF = 32;

  Random jitter() {
    return random(0);
  }

  Random corruption(Applied applied) {
    return random(1 + applied.number());
  }

  private Random random(long use) {
    long way = direction == Direction.SERVER ? 0 : 1;
    long mixed = seed;
    for (long part : new long[] {connection, way, use}) {
      mixed = (mixed ^ part) * SPREAD;
      mixed ^= mixed >>> HALF;
    }
    return new Random(mixed);
  }
}
