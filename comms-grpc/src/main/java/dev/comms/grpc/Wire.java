package dev.comms.grpc;

import com.google.protobuf.Any;
import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import com.google.rpc.ErrorInfo;
import com.google.rpc.RetryInfo;
import dev.comms.contract.Code;
import dev.comms.contract.Details;
import dev.comms.contract.Effect;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.StatusException;
import io.grpc.protobuf.StatusProto;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A failure as it goes over the wire: a status and its trailers.
 *
 * @param status the gRPC status
 * @param trailers what carries the details
 */
record Wire(Status status, Metadata trailers) {
  private static final String DOMAIN = "comms";
  private static final Logger LOG = LoggerFactory.getLogger(Wire.class);
  private static final String TYPE_URL = "type.googleapis.com/";
  private static final String EFFECT = "effect";
  // Beside a reason of a handler's own, which takes the place of our word.
  private static final String KIND = "comms-kind";
  // Base64 adds a third, and the text and the frame need their part of 8 KiB.
  private static final int MOST_DETAILS = 3 * 1024;
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
    ErrorInfo.Builder info = ErrorInfo.newBuilder().setDomain(DOMAIN).setReason(reason);
    if (errorId != null) {
      info.putMetadata(ERROR_ID, errorId);
    }
    return of(code, text, info.putMetadata(EFFECT, effect.name()).build(), retryAfter, List.of());
  }

  /** A handler's no, with what it says for programs; its own reason and domain go first. */
  static Wire of(Code code, String text, Effect effect, Details details) {
    Status.Code status = Status.Code.valueOf(code.name());
    if (details.equals(Details.NONE)) {
      return of(status, code.name(), text, effect, null, null);
    }
    boolean named = !details.reason().isEmpty();
    ErrorInfo info =
        ErrorInfo.newBuilder()
            .setDomain(named ? details.domain() : DOMAIN)
            .setReason(named ? details.reason() : code.name())
            .putAllMetadata(details.metadata())
            .putMetadata(KIND, code.name())
            .putMetadata(EFFECT, effect.name())
            .build();
    List<Any> typed =
        details.messages().stream()
            .map(
                one ->
                    Any.newBuilder()
                        .setTypeUrl(TYPE_URL + one.type())
                        .setValue(ByteString.copyFrom(one.value()))
                        .build())
            .toList();
    int bytes = info.getSerializedSize() + typed.stream().mapToInt(Any::getSerializedSize).sum();
    if (bytes > MOST_DETAILS) {
      LOG.warn(
          "the details of a {} take {} bytes but at most {} are sent, since peers refuse more than"
              + " 8 KiB of trailers; they are left out: put what is large into a reply",
          code,
          bytes,
          MOST_DETAILS);
      return of(status, code.name(), text, effect, null, null);
    }
    return of(status, text, info, null, typed);
  }

  private static Wire of(
      Status.Code code,
      String text,
      ErrorInfo info,
      @Nullable Duration retryAfter,
      List<Any> typed) {
    com.google.rpc.Status.Builder status =
        com.google.rpc.Status.newBuilder()
            .setCode(code.value())
            .setMessage(text.length() > MOST_TEXT ? text.substring(0, MOST_TEXT) : text)
            .addDetails(Any.pack(info))
            .addAllDetails(typed);
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
   * @param said what is there for the caller's program, ours or not
   */
  record Read(@Nullable ErrorInfo info, @Nullable Duration retryAfter, Details said) {}

  /** The details; those that cannot be read are as if they were not there. */
  static Read details(Status status, Metadata trailers) {
    ErrorInfo info = null;
    Duration wait = EnvelopeMapper.pushback(trailers);
    Details said = new Details(status.getCode().name(), "", "", Map.of(), List.of());
    com.google.rpc.Status rich = rich(status, trailers);
    List<Any> all = rich == null ? List.of() : rich.getDetailsList();
    for (Any detail : all) {
      ErrorInfo error = unpack(detail, ErrorInfo.class);
      RetryInfo retry = unpack(detail, RetryInfo.class);
      if (error != null) {
        info = ours(error) ? error : info;
        said = said(said, error);
      } else if (retry != null) {
        wait = duration(retry);
      } else {
        String url = detail.getTypeUrl();
        String type = url.substring(url.lastIndexOf('/') + 1);
        said = said.and(new Details.Message(type, detail.getValue().toByteArray()));
      }
    }
    return new Read(info, wait, said);
  }

  private static boolean ours(ErrorInfo info) {
    return DOMAIN.equals(info.getDomain()) || info.containsMetadata(KIND);
  }

  private static Details said(Details before, ErrorInfo info) {
    Map<String, String> metadata = new HashMap<>(info.getMetadataMap());
    metadata.remove(KIND);
    metadata.remove(EFFECT);
    return new Details(
        before.status(), info.getReason(), info.getDomain(), metadata, before.messages());
  }

  /** The kind or the code that a server of ours names. */
  static String kind(ErrorInfo info) {
    return info.getMetadataOrDefault(KIND, info.getReason());
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
