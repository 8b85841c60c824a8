package dev.comms.testkit.brokers;

import java.math.BigInteger;
import java.security.SecureRandom;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Names for queues, topics, groups and streams that no other test and no other run uses: brokers
 * are shared by all tests of a run, and those that the environment names by many runs.
 *
 * <p>Thread-safe.
 */
public final class BrokerNames {

  /** Kafka takes 249 characters, and what libraries append must find room too. */
  private static final int MOST = 60;

  private static final String RUN = new BigInteger(40, new SecureRandom()).toString(36);
  private static final AtomicLong TESTS = new AtomicLong();

  private final String suffix;

  private BrokerNames(String suffix) {
    this.suffix = suffix;
  }

  /** Names for one test, which are like those of no other call. */
  public static BrokerNames forTest(String test) {
    return new BrokerNames("." + cleaned(test) + "." + RUN + "-" + TESTS.incrementAndGet());
  }

  /**
   * The base with what makes it unique, the same each time, for example {@code
   * orders.aLateOneIsLost.1k9x0q2d-7}: letters, digits, dots, dashes and underscores, at most 150
   * characters, of which the base and the test's name have at most 60 each.
   */
  public String of(String base) {
    return cleaned(base) + suffix;
  }

  private static String cleaned(String text) {
    String plain = text.replaceAll("[^a-zA-Z0-9._-]+", "-");
    return plain.substring(0, Math.min(MOST, plain.length()));
  }
}
