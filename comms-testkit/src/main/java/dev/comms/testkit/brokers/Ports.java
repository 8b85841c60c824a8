package dev.comms.testkit.brokers;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.util.LinkedHashSet;
import java.util.Random;
import java.util.Set;

/**
 * Free TCP ports of this machine for servers that must be told their port.
 *
 * <p>They are taken below the ranges from which systems serve outgoing connections (Linux from
 * 32768, macOS from 49152), since a port of those may be gone again before the server binds it, and
 * the last 1,000 given out are not given out again. What remains is a race with other programs.
 */
public final class Ports {

  private static final int FIRST = 15_000;
  private static final int LAST = 31_999;
  private static final int REDIS_BUS = 10_000;
  private static final int REMEMBERED = 1_000;
  private static final int TRIES = 2_000;

  private static final Random RANDOM = new Random();
  private static final Set<Integer> GIVEN = new LinkedHashSet<>();

  private Ports() {}

  /**
   * A port that nobody listens on now; never one of the last 1,000 answers. Thread-safe.
   *
   * @throws BrokerUnavailable if none is found
   */
  public static synchronized int free() {
    for (int i = 0; i < TRIES; i++) {
      int port = FIRST + RANDOM.nextInt(LAST - FIRST + 1);
      if (!GIVEN.contains(port) && bindable(port)) {
        remember(port);
        return port;
      }
    }
    throw new BrokerUnavailable(
        "no free port found between " + FIRST + " and " + LAST + ": end what listens there");
  }

  /**
   * A port whose cluster bus, 10,000 above it, is free too and below the ranges for outgoing
   * connections.
   */
  static int freeForRedisCluster() {
    for (int i = 0; i < TRIES; i++) {
      int port = free();
      if (port + REDIS_BUS <= LAST && bindable(port + REDIS_BUS)) {
        return port;
      }
    }
    throw new BrokerUnavailable(
        "no free pair of ports found for a Redis cluster's node: end what listens between "
            + FIRST
            + " and "
            + LAST);
  }

  private static void remember(int port) {
    GIVEN.add(port);
    if (GIVEN.size() > REMEMBERED) {
      GIVEN.remove(GIVEN.iterator().next());
    }
  }

  private static boolean bindable(int port) {
    // both: a listener on every address need not conflict with one on the loopback address
    return bindable(new InetSocketAddress(port))
        && bindable(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
  }

  private static boolean bindable(InetSocketAddress address) {
    try (ServerSocket socket = new ServerSocket()) {
      socket.setReuseAddress(true);
      socket.bind(address);
      return true;
    } catch (IOException taken) {
      return false;
    }
  }
}
