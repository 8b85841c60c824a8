package dev.comms.grpc;

import io.grpc.ServerBuilder;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;

/**
 * What one connection may throw at a server in HTTP/2's own frames, before any call is counted. The
 * only file that knows Netty's builder: gRPC's own has no such bounds.
 */
final class Floods {
  private static final int WINDOW_SECONDS = 10;
  private static final int MORE_STREAMS = 100;

  private Floods() {}

  /**
   * Bounds resets and streams. A client that resets more than ten times what it may have in flight
   * within 10 s is cut off ({@code ENHANCE_YOUR_CALM}): ordinary clients reset a stream per
   * deadline that passes, so all of their calls may end so every second. More streams than calls
   * are let in: a call above the bound is refused with a status that says why, where one stream too
   * many would wait at its client without a word; and watching health takes a stream but is no
   * call.
   */
  static ServerBuilder<?> bounded(ServerBuilder<?> builder, ServerSettings.Limits limits) {
    if (builder instanceof NettyServerBuilder netty) {
      int calls = limits.callsPerConnection();
      netty.maxRstFramesPerWindow(atMost(10L * calls), WINDOW_SECONDS);
      netty.maxConcurrentCallsPerConnection(atMost(2L * calls + MORE_STREAMS));
    }
    return builder;
  }

  private static int atMost(long number) {
    return (int) Math.min(Integer.MAX_VALUE, number);
  }
}
