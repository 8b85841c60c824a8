package dev.comms.grpc;

import com.google.protobuf.Any;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import com.google.rpc.ErrorInfo;
import com.google.rpc.RetryInfo;
import dev.comms.contract.Effect;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.StatusException;
import io.grpc.protobuf.StatusProto;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * A failure as it goes over the wire: a status and its trailers.
 *
 * @param status the gRPC status
 * @param trailers what carries the details
 */
record Wire(Status status, Metadata trailers) {
  private static final String DOMAIN = "comms";
  private static final String EFFECT = "effect";
  private static final String ERROR_ID = "error-id";
  // Trailers obey the peer's 8 KiB: a character takes up to 9 bytes percent-encoded, 4 in details.
  private static final int MOST_TEXT = 512;
  private static final int MOST_SECONDS = 7 * 24 * 3600;

  static Wire of(
      Status.Code code,
      String reason,
      String text,
      Effect effect,
      @Nullable Duration retryAfter,
      @Nullable String errorId) {
    ErrorInfo.Builder info =
        ErrorInfo.newBuilder()
            .setDomain(DOMAIN)
            .setReason(reason)
            .putMetadata(EFFECT, effect.name());
    if (errorId != null) {
      info.putMetadata(ERROR_ID, errorId);
    }
    com.google.rpc.Status.Builder status =
        com.google.rpc.Status.newBuilder()
            .setCode(code.value())
            .setMessage(text.length() > MOST_TEXT ? text.substring(0, MOST_TEXT) : text)
            .addDetails(Any.pack(info.build()));
    if (retryAfter != null) {
      RetryInfo.Builder retry = RetryInfo.newBuilder();
      retry
          .getRetryDelayBuilder()
          .setSeconds(retryAfter.getSeconds())
          .setNanos(retryAfter.getNano());
      status.addDetails(Any.pack(retry.build()));
    }
    StatusException made = StatusProto.toStatusException(status.build());
    Metadata trailers = made.getTrailers();
    return new Wire(made.getStatus(), trailers == null ? new Metadata() : trailers);
  }

  /**
   * What a status was accompanied by.
   *
   * @param info ours, or null when the server is not ours
   * @param retryAfter how long to wait, or null
   */
  record Details(@Nullable ErrorInfo info, @Nullable Duration retryAfter) {}

  /** The details; those that cannot be read are as if they were not there. */
  static Details details(Status status, Metadata trailers) {
    ErrorInfo info = null;
    Duration wait = EnvelopeMapper.pushback(trailers);
    com.google.rpc.Status rich = rich(status, trailers);
    if (rich != null) {
      for (Any detail : rich.getDetailsList()) {
        ErrorInfo error = unpack(detail, ErrorInfo.class);
        if (error != null && DOMAIN.equals(error.getDomain())) {
          info = error;
        }
        RetryInfo retry = unpack(detail, RetryInfo.class);
        if (retry != null) {
          wait = duration(retry);
        }
      }
    }
    return new Details(info, wait);
  }

  /** Repeating is called safe only by who says so. */
  static Effect effect(ErrorInfo info) {
    return Effect.NONE.name().equals(info.getMetadataOrDefault(EFFECT, ""))
        ? Effect.NONE
        : Effect.POSSIBLE;
  }

  private static @Nullable Duration duration(RetryInfo retry) {
    long seconds = retry.getRetryDelay().getSeconds();
    int nanos = retry.getRetryDelay().getNanos();
    boolean sane = seconds >= 0 && seconds <= MOST_SECONDS && nanos >= 0;
    return sane ? Duration.ofSeconds(seconds, nanos) : null;
  }

  private static com.google.rpc.@Nullable Status rich(Status status, Metadata trailers) {
    try {
      return StatusProto.fromStatusAndTrailers(status, trailers);
    } catch (IllegalArgumentException contradiction) {
      // A code in the details that is not the status: the status rules.
      return null;
    }
  }

  private static <T extends Message> @Nullable T unpack(Any detail, Class<T> type) {
    try {
      return detail.is(type) ? detail.unpack(type) : null;
    } catch (InvalidProtocolBufferException hostile) {
      return null;
    }
  }
}
