package dev.comms.testkit.proxy;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.SocketChannel;

/** One of a connection's two sockets: the client's or the server's. */
final class Side implements Loop.Ready {

  /** What a close reads away: more than that is on its way only from who does not stop sending. */
  private static final int LAST_READS = 64;

  private final Connection connection;
  private final SocketChannel channel;
  private final SelectionKey key;

  Side(Connection connection, SocketChannel channel, Loop loop) throws IOException {
    this.connection = connection;
    this.channel = channel;
    try {
      channel.configureBlocking(false);
      // Nagle's algorithm would join slices again and hold back small messages
      channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
      key = loop.register(channel, 0, this);
    } catch (IOException e) {
      channel.close();
      throw e;
    }
  }

  void connect(InetSocketAddress target) throws IOException {
    if (!channel.connect(target)) {
      key.interestOps(SelectionKey.OP_CONNECT);
    }
  }

  boolean connected() {
    return channel.isConnected();
  }

  @Override
  public void ready() {
    connection.ready(this);
  }

  /** Whether the connection is made now; throws if it cannot be made. */
  boolean finishConnect() throws IOException {
    return channel.isConnected() || channel.finishConnect();
  }

  boolean readable() {
    return key.isValid() && key.isReadable();
  }

  int read(ByteBuffer into) throws IOException {
    return channel.read(into);
  }

  int write(ByteBuffer from) throws IOException {
    return channel.write(from);
  }

  void endOutput() throws IOException {
    channel.shutdownOutput();
  }

  void interest(boolean read, boolean write) {
    if (key.isValid() && channel.isConnected()) {
      int ops = (read ? SelectionKey.OP_READ : 0) | (write ? SelectionKey.OP_WRITE : 0);
      if (key.interestOps() != ops) {
        key.interestOps(ops);
      }
    }
  }

  /**
   * Closes with FIN. What has come and was not read is read away first: with it the kernel would
   * send RST instead.
   */
  void close(ByteBuffer scratch) {
    try (channel) {
      if (channel.isConnected()) {
        channel.shutdownOutput();
        int reads = 0;
        while (reads < LAST_READS && channel.read(scratch.clear()) > 0) {
          reads++;
        }
      }
    } catch (IOException broken) {
      // then there is nobody to be told
    }
  }

  /** Closes with RST. */
  void reset() {
    try (channel) {
      channel.setOption(StandardSocketOptions.SO_LINGER, 0);
    } catch (IOException broken) {
      // then there is nobody to be told
    }
  }
}
