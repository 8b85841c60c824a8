package dev.comms.grpc;

import io.grpc.Grpc;
import io.grpc.Metadata;
import io.grpc.ServerBuilder;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.ServerInterceptors;
import io.grpc.Status;
import io.grpc.protobuf.services.ChannelzService;
import io.grpc.protobuf.services.ProtoReflectionServiceV1;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What a server tells of itself to tools, each only when it is switched on. */
final class Curiosity {
  private static final Logger LOG = LoggerFactory.getLogger(Curiosity.class);
  private static final int ENTRIES_PER_PAGE = 100;

  private Curiosity() {}

  static void add(ServerBuilder<?> builder, ServerSettings settings, Registry registry) {
    if (settings.operations().reflection()) {
      if (registry.getServices().isEmpty()) {
        LOG.warn(
            "{}: reflection is on and has nothing to show, since only contracts that are made from"
                + " generated methods (GrpcCall) have descriptors",
            settings.name());
      }
      builder.addService(ProtoReflectionServiceV1.newInstance());
    }
    if (settings.operations().channelz()) {
      LOG.warn(
          "{}: channelz is on; whoever can connect from this machine sees the addresses of all peers"
              + " of this process and what was exchanged with them",
          settings.name());
      builder.addService(
          ServerInterceptors.intercept(
              ChannelzService.newInstance(ENTRIES_PER_PAGE),
              new OnlyFromHere(settings.operations().place() != null)));
    }
  }

  /** Refuses peers of other machines; sockets in the file system and names in here have none. */
  private static final class OnlyFromHere implements ServerInterceptor {
    private final boolean nobodyElse;

    OnlyFromHere(boolean nobodyElse) {
      this.nobodyElse = nobodyElse;
    }

    @Override
    public <Q, R> ServerCall.Listener<Q> interceptCall(
        ServerCall<Q, R> call, Metadata headers, ServerCallHandler<Q, R> next) {
      if (nobodyElse || here(call.getAttributes().get(Grpc.TRANSPORT_ATTR_REMOTE_ADDR))) {
        return next.startCall(call, headers);
      }
      call.close(
          Status.PERMISSION_DENIED.withDescription("channelz answers on its own machine only"),
          new Metadata());
      return new ServerCall.Listener<>() {};
    }
  }

  static boolean here(@Nullable SocketAddress peer) {
    return peer instanceof InetSocketAddress inet
        && inet.getAddress() != null
        && inet.getAddress().isLoopbackAddress();
  }
}
