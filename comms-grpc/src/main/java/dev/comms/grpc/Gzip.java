package dev.comms.grpc;

import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.ForwardingClientCall.SimpleForwardingClientCall;
import io.grpc.ForwardingServerCall.SimpleForwardingServerCall;
import io.grpc.Metadata;
import io.grpc.ServerCall;

/** Compression of what is worth it; each message says on the wire whether it is compressed. */
final class Gzip {
  /** Below it, gzip's own 20 bytes and the time are not worth it. */
  static final int WORTH = 1024;

  private static final String NAME = "gzip";

  private Gzip() {}

  static CallOptions options(CallOptions options) {
    return options.withCompression(NAME);
  }

  static ClientCall<byte[], byte[]> compressing(ClientCall<byte[], byte[]> call) {
    return new SimpleForwardingClientCall<>(call) {
      @Override
      public void sendMessage(byte[] message) {
        setMessageCompression(message.length >= WORTH);
        super.sendMessage(message);
      }
    };
  }

  /** gRPC leaves it out for a peer that did not say that it can read it. */
  static ServerCall<byte[], byte[]> compressing(ServerCall<byte[], byte[]> call) {
    return new SimpleForwardingServerCall<>(call) {
      @Override
      public void sendHeaders(Metadata headers) {
        setCompression(NAME);
        super.sendHeaders(headers);
      }

      @Override
      public void sendMessage(byte[] message) {
        setMessageCompression(message.length >= WORTH);
        super.sendMessage(message);
      }
    };
  }
}
