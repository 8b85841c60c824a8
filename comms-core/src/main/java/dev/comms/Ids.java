package dev.comms;

import java.security.SecureRandom;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Ids of messages: 60 random bits of this process and a counter that starts at a random place, in
 * the shape of a UUID version 8 (RFC 9562). A secure random number for each id would cost more than
 * the rest of a publish.
 */
final class Ids {
  private static final SecureRandom RANDOM = new SecureRandom();
  private static final long PROCESS = (RANDOM.nextLong() & ~0xF000L) | 0x8000L;
  private static final AtomicLong COUNTER = new AtomicLong(RANDOM.nextLong());

  private Ids() {}

  static String next() {
    long low = (COUNTER.getAndIncrement() & 0x3FFF_FFFF_FFFF_FFFFL) | 0x8000_0000_0000_0000L;
    return new UUID(PROCESS, low).toString();
  }
}
