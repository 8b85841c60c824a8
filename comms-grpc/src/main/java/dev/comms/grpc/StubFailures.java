package dev.comms.grpc;

import dev.comms.contract.CommsException;
import dev.comms.contract.CommsException.Rejected;
import dev.comms.contract.Fault;
import io.grpc.Metadata;
import io.grpc.Status;

/**
 * Our failures as a stub expects them: the peer's own status with its trailers if there was one,
 * else the code that fits, with an {@code ErrorInfo} that names the kind.
 */
final class StubFailures {
  private StubFailures() {}

  /** What a stub is told; the cause is our failure, with all its facts. */
  static Wire of(CommsException failure) {
    if (failure.facts().cause() instanceof PeerStatus peer) {
      Metadata trailers = peer.getTrailers();
      return new Wire(
          peer.getStatus().withCause(failure), trailers == null ? new Metadata() : trailers);
    }
    Wire here =
        Wire.of(
            code(failure),
            failure.kind().name(),
            String.valueOf(failure.getMessage()),
            failure.effect(),
            failure.retryAfter(),
            null);
    return new Wire(here.status().withCause(failure), here.trailers());
  }

  private static Status.Code code(CommsException failure) {
    return switch (failure.kind()) {
      case REJECTED -> Status.Code.valueOf(((Rejected) failure).code().name());
      case OVERLOADED -> Status.Code.RESOURCE_EXHAUSTED;
      case UNAVAILABLE, CIRCUIT_OPEN, UNROUTABLE -> Status.Code.UNAVAILABLE;
      case DEADLINE_EXCEEDED -> Status.Code.DEADLINE_EXCEEDED;
      case CANCELLED -> Status.Code.CANCELLED;
      case MALFORMED ->
          failure.fault() == Fault.REMOTE ? Status.Code.INTERNAL : Status.Code.INVALID_ARGUMENT;
      case FAILED -> Status.Code.INTERNAL;
      case UNKNOWN_OUTCOME -> Status.Code.UNKNOWN;
      case MISCONFIGURED -> Status.Code.FAILED_PRECONDITION;
    };
  }
}
