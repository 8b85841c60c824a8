package dev.comms.shop.demo;

import java.time.Duration;

/**
 * What the demo is asked to do.
 *
 * @param orders how many orders are sent, 1 to 100,000
 * @param workerDelay how long each order's task takes on top, zero to 20 s
 * @param keep whether the shop stays up afterwards
 * @param json whether the last line is the report as one JSON object
 * @param seed decides the order in which the kinds of orders come
 * @param port where the gateway listens, 0 for a free port
 */
record DemoOptions(
    int orders, Duration workerDelay, boolean keep, boolean json, long seed, int port) {
  static final int MOST_ORDERS = 100_000;

  /** Well below the limit of one handling, so that a slow worker is no failing one. */
  static final Duration LONGEST_DELAY = Duration.ofSeconds(20);

  DemoOptions {
    if (orders < 1 || orders > MOST_ORDERS) {
      throw new IllegalArgumentException(
          "--orders is " + orders + " but must be 1 to " + MOST_ORDERS);
    }
    if (workerDelay.isNegative() || workerDelay.compareTo(LONGEST_DELAY) > 0) {
      throw new IllegalArgumentException(
          "--worker-delay is " + workerDelay.toMillis() + " ms but must be 0 to 20s");
    }
    if (port < 0 || port > 65_535) {
      throw new IllegalArgumentException("--port is " + port + " but must be 0 to 65535");
    }
  }
}
