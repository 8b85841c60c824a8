package dev.comms.testkit.proxy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.channels.Channel;
import java.nio.channels.SelectionKey;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * A proxy's port. While it does not listen, a socket that is only bound keeps the port: connecting
 * is refused, and no other program can take it.
 */
final class Gate implements Loop.Ready {

  /** Takes over a connection that was accepted. */
  interface Guests {
    void take(SocketChannel accepted) throws IOException;

    boolean full();
  }

  private static final int BACKLOG = 500;
  private static final long REST = TimeUnit.MILLISECONDS.toNanos(10);

  private final InetSocketAddress address;
  private final Guests guests;
  private SocketChannel keeper;
  private @Nullable ServerSocketChannel listener;
  private @Nullable SelectionKey key;

  /**
   * Binds the port, and does not listen yet.
   *
   * @throws UncheckedIOException if it is taken
   */
  Gate(InetSocketAddress address, Guests guests) {
    this.address = address;
    this.guests = guests;
    try {
      keeper = kept(address);
    } catch (IOException e) {
      throw taken(e);
    }
  }

  private static SocketChannel kept(InetSocketAddress address) throws IOException {
    SocketChannel socket = SocketChannel.open();
    try {
      socket.setOption(StandardSocketOptions.SO_REUSEADDR, true);
      return socket.bind(address);
    } catch (IOException e) {
      socket.close();
      throw e;
    }
  }

  private UncheckedIOException taken(IOException e) {
    return new UncheckedIOException(
        "proxy: port "
            + address.getPort()
            + " cannot be listened on: end the program that has it, or choose another port",
        e);
  }

  void open(Loop loop) {
    if (listener != null) {
      return;
    }
    try {
      keeper.close();
      ServerSocketChannel socket = ServerSocketChannel.open();
      listener = socket;
      socket.setOption(StandardSocketOptions.SO_REUSEADDR, true);
      socket.bind(address, BACKLOG);
      socket.configureBlocking(false);
      key = loop.register(socket, SelectionKey.OP_ACCEPT, this);
    } catch (IOException e) {
      shut(loop);
      throw taken(e);
    }
  }

  void shut(Loop loop) {
    ServerSocketChannel socket = listener;
    if (socket == null) {
      return;
    }
    try {
      if (key != null) {
        ready(); // for its client, a connection that waits to be accepted exists already
      }
      key = null;
      listener = null;
      socket.close();
      loop.flush();
      keeper = kept(address);
    } catch (IOException e) {
      // where two sockets cannot have it one after the other at once, the port is not kept
    }
  }

  /** There may be room again. */
  void again() {
    if (key != null && key.isValid()) {
      key.interestOps(guests.full() ? 0 : SelectionKey.OP_ACCEPT);
    }
  }

  @Override
  public void ready() {
    ServerSocketChannel socket = listener;
    try {
      SocketChannel accepted;
      while (socket != null && !guests.full() && (accepted = socket.accept()) != null) {
        guests.take(accepted);
      }
    } catch (IOException e) {
      // no descriptor is left: without a rest, the loop would turn at full speed until there is one
      LockSupport.parkNanos(REST);
    }
    again();
  }

  void close() {
    quietly(keeper);
    if (listener != null) {
      quietly(listener);
    }
  }

  private static void quietly(Channel channel) {
    try {
      channel.close();
    } catch (IOException e) {
      // then it is closed as far as can be
    }
  }
}
