package dev.comms.grpc;

import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;

/**
 * How gRPC ended an attempt, as the cause of our failure: for a log, and for stubs, which want the
 * peer's own status and trailers. It was thrown nowhere, so it has no stack.
 */
final class PeerStatus extends StatusRuntimeException {
  private static final long serialVersionUID = 1L;

  PeerStatus(Status status, Metadata trailers) {
    super(status, trailers);
  }

  @Override
  public synchronized Throwable fillInStackTrace() {
    return this;
  }
}
