package dev.comms.grpc;

import io.grpc.ServerBuilder;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;

/**
 * What one connection may throw at a server in HTTP/2's own frames, before any call is counted. The
 * only file that knows Netty's builder: gRPC's own has no such bounds.
 */
final class Floods {
  private static final int WINDOW_SECONDS = 10;

  private Floods() {}

  /**
   * Bounds resets and streams. A client that resets more than ten times what it may have in flight
   * within 10 s is cut off ({@code ENHANCE_YOUR_CALM}): ordinary clients reset a stream per
   * deadline that passes, so all of their calls may end so every second. Twice as many streams as
   * calls are let in, since calls above the bound are refused with a status that says why.
   */
  static ServerBuilder<?> bounded(ServerBuilder<?> builder, ServerSettings.Limits limits) {
    if (builder instanceof NettyServerBuilder netty) {
      int calls = limits.callsPerConnection();
      netty.maxRstFramesPerWindow(atMost(10L * calls), WINDOW_SECONDS);
      netty.maxConcurrentCallsPerConnection(atMost(2L * calls));
    }
    return builder;
  }

  private static int atMost(long number) {
    return (int) Math.min(Integer.MAX_VALUE, number);
  }
}
