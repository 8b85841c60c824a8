package dev.comms.testkit.proxy;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** All that goes through one proxy: confined to its loop, but for the figures. */
final class Traffic implements Gate.Guests {
  private static final int READ = 64 * 1024;

  private final Loop loop;
  private final Gate gate;
  private final long seed;
  private final Set<Applied> inForce = new LinkedHashSet<>();
  private final Set<Connection> connections = new LinkedHashSet<>();
  private final ByteBuffer scratch = ByteBuffer.allocateDirect(READ);
  private final AtomicLong open = new AtomicLong();
  private final AtomicLong accepted = new AtomicLong();
  private final AtomicLong bytesToServer = new AtomicLong();
  private final AtomicLong bytesToClient = new AtomicLong();
  private Conditions towardsServer = Conditions.of(inForce, Direction.SERVER);
  private Conditions towardsClient = Conditions.of(inForce, Direction.CLIENT);
  private @Nullable InetSocketAddress target;

  Traffic(Loop loop, InetSocketAddress address, long seed) {
    this.loop = loop;
    this.seed = seed;
    gate = new Gate(address, this);
  }

  // --- figures, for any thread

  long connections() {
    return open.get();
  }

  long accepted() {
    return accepted.get();
  }

  long bytes(Direction direction) {
    return passed(direction).get();
  }

  private AtomicLong passed(Direction towards) {
    return towards == Direction.SERVER ? bytesToServer : bytesToClient;
  }

  // --- on the loop

  ByteBuffer scratch() {
    return scratch;
  }

  Flow flow(Direction towards, long connection) {
    return new Flow(
        towards == Direction.SERVER ? towardsServer : towardsClient,
        new Seeds(seed, connection, towards),
        passed(towards));
  }

  List<Applied> inForce() {
    return List.copyOf(inForce);
  }

  void target(InetSocketAddress to) {
    target = to;
    change();
  }

  void apply(Applied fault) {
    inForce.add(fault);
    change();
  }

  void take(Applied fault) {
    if (inForce.remove(fault)) {
      change();
    }
  }

  void heal() {
    inForce.clear();
    change();
  }

  private void change() {
    towardsServer = Conditions.of(inForce, Direction.SERVER);
    towardsClient = Conditions.of(inForce, Direction.CLIENT);
    each(one -> one.change(towardsServer, towardsClient));
    each(this::connect);
    if (target == null || towardsServer.refuse) {
      gate.shut(loop);
    } else {
      gate.open(loop);
    }
  }

  void resetAll() {
    each(Connection::reset);
  }

  void close() {
    gate.close();
    each(Connection::close);
  }

  /** A copy, since a connection that ends leaves the set. */
  private void each(Consumer<Connection> what) {
    new ArrayList<>(connections).forEach(what);
  }

  @Override
  public boolean full() {
    return connections.size() >= FaultProxy.MOST_CONNECTIONS;
  }

  @Override
  public void take(SocketChannel socket) throws IOException {
    Connection one = new Connection(this, loop, socket, accepted.incrementAndGet());
    connections.add(one);
    open.set(connections.size());
    one.refresh();
    connect(one);
  }

  private void connect(Connection one) {
    if (target != null && !towardsServer.silent && one.waits()) {
      one.connect(target);
    }
  }

  void gone(Connection one) {
    connections.remove(one);
    open.set(connections.size());
    gate.again();
  }
}
