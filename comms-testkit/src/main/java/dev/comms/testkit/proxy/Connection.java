package dev.comms.testkit.proxy;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.channels.SocketChannel;
import org.jspecify.annotations.Nullable;

/** A client's connection, and the one to the server that belongs to it. */
final class Connection implements Loop.Timed {
  private final Traffic traffic;
  private final Loop loop;
  private final Side client;
  private final Flow toServer;
  private final Flow toClient;
  private @Nullable Side server;
  private boolean ended;

  Connection(Traffic traffic, Loop loop, SocketChannel accepted, long number) throws IOException {
    this.traffic = traffic;
    this.loop = loop;
    client = new Side(this, accepted, loop);
    toServer = traffic.flow(Direction.SERVER, number);
    toClient = traffic.flow(Direction.CLIENT, number);
  }

  /** Whether the server has not heard of it yet. */
  boolean waits() {
    return !ended && server == null;
  }

  void connect(InetSocketAddress target) {
    try {
      server = new Side(this, SocketChannel.open(), loop);
      server.connect(target);
      refresh();
    } catch (IOException e) {
      reset(); // the server cannot be reached: the client is to see a failure, not an end
    }
  }

  /** Its socket can be read, written or is connected. */
  void ready(Side side) {
    if (ended) {
      return;
    }
    try {
      if (!side.finishConnect()) {
        return;
      }
      Flow from = side == client ? toServer : toClient;
      if (side.readable() && from.wantsRead()) {
        from.read(side, traffic.scratch(), loop.now());
      }
    } catch (IOException e) {
      died(side);
    }
    refresh();
  }

  void change(Conditions towardsServer, Conditions towardsClient) {
    toServer.change(towardsServer);
    toClient.change(towardsClient);
    refresh();
  }

  @Override
  public long dueAt() {
    return Math.min(toServer.dueAt(), toClient.dueAt());
  }

  @Override
  public void due() {
    refresh();
  }

  /** Moves on what is due, and says what is to be waited for. */
  void refresh() {
    pump(toServer, server);
    pump(toClient, client);
    if (!ended && server == null && toServer.ended()) {
      close(); // the server will never hear of it: its client has left
    }
    if (ended) {
      return;
    }
    client.interest(toServer.wantsRead(), toClient.blocked());
    if (server != null) {
      server.interest(toClient.wantsRead(), toServer.blocked());
    }
    loop.time(this);
  }

  private void pump(Flow flow, @Nullable Side sink) {
    if (ended) {
      return;
    }
    try {
      switch (flow.pump(sink != null && sink.connected() ? sink : null, loop.now())) {
        case CLOSED -> passClose(sink);
        case CUT -> close();
        case RESET -> reset();
        case WAITS -> {}
      }
    } catch (IOException e) {
      if (sink != null) {
        died(sink);
        refresh();
      }
    }
  }

  private void passClose(@Nullable Side sink) throws IOException {
    if (toServer.done() && toClient.done()) {
      close();
    } else if (sink != null) {
      sink.endOutput();
    }
  }

  /** One side is gone without a close; the other is to hear of it as the faults allow. */
  private void died(Side side) {
    side.reset();
    Flow from = side == client ? toServer : toClient;
    Flow to = side == client ? toClient : toServer;
    boolean alone = server == null || !server.connected() || from.stopped();
    if (alone) {
      reset();
    } else {
      to.stop();
      from.broken(loop.now());
    }
  }

  /** FIN to both sides. */
  void close() {
    if (end()) {
      client.close(traffic.scratch());
      if (server != null) {
        server.close(traffic.scratch());
      }
    }
  }

  /** RST to both sides. */
  void reset() {
    if (end()) {
      client.reset();
      if (server != null) {
        server.reset();
      }
    }
  }

  private boolean end() {
    if (ended) {
      return false;
    }
    ended = true;
    toServer.stop();
    toClient.stop();
    loop.forget(this);
    traffic.gone(this);
    return true;
  }
}
