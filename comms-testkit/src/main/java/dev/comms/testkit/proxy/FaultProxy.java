package dev.comms.testkit.proxy;

import dev.comms.testkit.brokers.Ports;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.channels.Selector;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;

/**
 * A TCP proxy that makes network faults: between a client that connects to its {@link #address} and
 * the server that is its target. It listens on the loopback address, and nothing goes wrong before
 * {@link #apply}.
 *
 * <pre>{@code
 * try (FaultProxy proxy = FaultProxy.to("127.0.0.1", 5672)) {
 *   Client client = connect(proxy.host(), proxy.port());
 *   Applied slow = proxy.apply(NetworkFault.latency(ofMillis(500), ofMillis(200)));
 *   Applied lost = proxy.apply(NetworkFault.blackHole().towards(Direction.CLIENT));
 *   lost.close(); // this one is over
 *   proxy.heal(); // all are
 * }
 * }</pre>
 *
 * <p>When a method that changes something returns, the change is in force for every connection,
 * also for bytes that are on their way. A close of one side is passed on as a close, a reset as a
 * reset; a connection whose target cannot be reached is reset. At most {@value #MOST_CONNECTIONS}
 * connections are open at a time, others wait to be accepted; in each direction of each at most
 * {@value #IN_FLIGHT} bytes are on their way, then the proxy stops reading and the sender has to
 * wait.
 *
 * <p>Thread-safe. One daemon thread, {@code comms-proxy-<port>}, does all the work.
 */
public final class FaultProxy implements AutoCloseable {

  /** The most bytes that a proxy holds of one direction of one connection. */
  public static final int IN_FLIGHT = 1 << 20;

  /** The most connections that are open at a time. */
  public static final int MOST_CONNECTIONS = 500;

  private static final long SAME_SEED = 1;
  private static final int TRIES = 20;

  private final InetSocketAddress address;
  private final long seed;
  private final AtomicLong faults = new AtomicLong();
  private final Loop loop;
  private final Traffic traffic;

  private FaultProxy(int port, long seed) {
    this.seed = seed;
    address = new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
    Selector selector = selector();
    loop = new Loop("comms-proxy-" + port, selector, this::end);
    try {
      traffic = new Traffic(loop, address, seed);
    } catch (UncheckedIOException e) {
      shut(selector);
      throw e;
    }
    loop.start();
  }

  /** {@link #to(String, int, long)} with always the same seed. */
  public static FaultProxy to(String host, int port) {
    return to(host, port, SAME_SEED);
  }

  /**
   * A proxy that listens on a free port and connects to this server.
   *
   * @param host a name or an address, looked up at once
   * @param port from 1 to 65535
   * @param seed what jitter and corruption are drawn from: the same seed, the same harm
   * @throws IllegalArgumentException if the host is not known or the port is none
   * @throws UncheckedIOException if no port can be listened on
   */
  public static FaultProxy to(String host, int port, long seed) {
    InetSocketAddress target = resolved(host, port);
    return open(seed).towards(target);
  }

  /** {@link #open(long)} with always the same seed. */
  public static FaultProxy open() {
    return open(SAME_SEED);
  }

  /**
   * A proxy that has its port before its {@link #target} is known, as a server needs that must be
   * told the address under which it is reached. Until then connections are refused.
   *
   * @throws UncheckedIOException if no port can be had
   */
  public static FaultProxy open(long seed) {
    for (int tries = 1; true; tries++) {
      try {
        // not the system's choice: from its range a client that is refused could be connected to
        // itself, and another program could be given the port while it is refused
        return new FaultProxy(Ports.free(), seed);
      } catch (UncheckedIOException taken) {
        if (tries == TRIES) {
          throw taken;
        }
      }
    }
  }

  /**
   * The same as {@link #open(long)}, on this port.
   *
   * @throws IllegalArgumentException if it is not from 1 to 65535
   * @throws UncheckedIOException if it is taken
   */
  public static FaultProxy open(int port, long seed) {
    return new FaultProxy(Values.port("proxy: port", port), seed);
  }

  private FaultProxy towards(InetSocketAddress target) {
    try {
      change(() -> traffic.target(target));
      return this;
    } catch (RuntimeException e) {
      close();
      throw e;
    }
  }

  /** The address to connect to, as numbers. */
  public String host() {
    return address.getAddress().getHostAddress();
  }

  /** The port to connect to. */
  public int port() {
    return address.getPort();
  }

  /** {@code host:port}, to connect to. */
  public String address() {
    return host() + ":" + port();
  }

  /** What its random numbers grow from. */
  public long seed() {
    return seed;
  }

  /**
   * From now on new connections go to this server; those made before stay where they are.
   *
   * @param host a name or an address, looked up at once
   * @param port from 1 to 65535
   * @throws IllegalArgumentException if the host is not known or the port is none
   * @throws IllegalStateException if the proxy is closed
   */
  public void target(String host, int port) {
    InetSocketAddress target = resolved(host, port);
    change(() -> traffic.target(target));
  }

  /**
   * From now on this goes wrong, for connections made before and later, until it is closed or
   * {@link #heal} is called. Several faults may be in force at once, also the same one twice.
   *
   * @throws IllegalStateException if the proxy is closed
   */
  public Applied apply(NetworkFault fault) {
    Applied applied = new Applied(this, fault, faults.getAndIncrement());
    change(() -> traffic.apply(applied));
    return applied;
  }

  /**
   * Takes all faults away. Does nothing when the proxy is closed.
   *
   * @throws UncheckedIOException if it refused connections and another program has taken the port
   */
  public void heal() {
    loop.run(traffic::heal);
  }

  /**
   * Resets every open connection at once, on both sides (RST); later ones are fine. Does nothing
   * when the proxy is closed.
   */
  public void resetAll() {
    loop.run(traffic::resetAll);
  }

  /** How many connections of clients are open now. */
  public long connections() {
    settle();
    return traffic.connections();
  }

  /** How many connections were ever accepted. */
  public long accepted() {
    settle();
    return traffic.accepted();
  }

  /** How many bytes were ever written to this side. */
  public long bytes(Direction direction) {
    settle();
    return traffic.bytes(direction);
  }

  /** Closes every connection and gives the port back, within 5 s; a second call does nothing. */
  @Override
  public void close() {
    loop.end();
  }

  @Override
  public String toString() {
    return "proxy " + address();
  }

  void take(Applied applied) {
    loop.run(() -> traffic.take(applied));
  }

  List<Applied> inForce() {
    List<Applied> answer = new ArrayList<>();
    loop.run(() -> answer.addAll(traffic.inForce()));
    return answer;
  }

  /** What the loop was doing when a peer saw its effect is counted afterwards. */
  private void settle() {
    loop.run(() -> {});
  }

  private void end() {
    traffic.close();
  }

  private void change(Runnable work) {
    if (!loop.run(work)) {
      throw new IllegalStateException(
          "proxy: " + address() + " is closed: make another with FaultProxy.to");
    }
  }

  private static InetSocketAddress resolved(String host, int port) {
    InetSocketAddress target = new InetSocketAddress(host, Values.port("proxy: target port", port));
    if (target.isUnresolved()) {
      throw new IllegalArgumentException(
          "proxy: target host is '"
              + host
              + "' but must be known here: give an address or a name that can be looked up");
    }
    return target;
  }

  private static Selector selector() {
    try {
      return Selector.open();
    } catch (IOException e) {
      throw new UncheckedIOException("proxy: no selector can be opened: close some files", e);
    }
  }

  private static void shut(Selector selector) {
    try {
      selector.close();
    } catch (IOException e) {
      // it holds nothing
    }
  }
}
