package dev.comms.grpc;

import dev.comms.contract.CommsException;
import io.grpc.ServerBuilder;
import io.grpc.ServerCredentials;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import io.grpc.netty.shaded.io.netty.channel.EventLoopGroup;
import io.grpc.netty.shaded.io.netty.channel.epoll.Epoll;
import io.grpc.netty.shaded.io.netty.channel.epoll.EpollEventLoopGroup;
import io.grpc.netty.shaded.io.netty.channel.epoll.EpollServerDomainSocketChannel;
import io.grpc.netty.shaded.io.netty.channel.unix.DomainSocketAddress;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * gRPC over sockets in the file system; the only file that knows Netty, since gRPC's own API has no
 * server of that kind.
 */
final class UnixSockets {
  private final EventLoopGroup threads;

  /** Its threads; they end with {@link #close()}. */
  @SuppressWarnings("deprecation") // its successor is not there in gRPC 1.81
  UnixSockets() {
    AtomicInteger number = new AtomicInteger();
    int most = Math.min(4, Runtime.getRuntime().availableProcessors());
    this.threads =
        new EpollEventLoopGroup(
            most,
            work -> {
              Thread thread = new Thread(work, "comms-grpc-unix-" + number.incrementAndGet());
              thread.setDaemon(true);
              return thread;
            });
  }

  /**
   * Nothing, where there are such sockets.
   *
   * @throws CommsException.Misconfigured elsewhere
   */
  static void require(String who) {
    try {
      require(who, Epoll.isAvailable() ? null : Epoll.unavailabilityCause());
    } catch (NoClassDefFoundError absent) {
      require(who, absent);
    }
  }

  static void require(String who, @Nullable Throwable unavailable) {
    if (unavailable != null) {
      throw new CommsException.Misconfigured(
          who,
          "there are no Unix sockets here ("
              + unavailable
              + "); they need Linux on x86-64 or ARM64 and grpc-netty-shaded, else take a port");
    }
  }

  ServerBuilder<?> server(Path socket, ServerCredentials credentials) {
    return NettyServerBuilder.forAddress(new DomainSocketAddress(socket.toFile()), credentials)
        .channelType(EpollServerDomainSocketChannel.class)
        .bossEventLoopGroup(threads)
        .workerEventLoopGroup(threads);
  }

  void close() {
    threads.shutdownGracefully(0, 1, TimeUnit.SECONDS);
  }
}
