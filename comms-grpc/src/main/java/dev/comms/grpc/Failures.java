package dev.comms.grpc;

import com.google.rpc.ErrorInfo;
import dev.comms.contract.Code;
import dev.comms.contract.CommsException;
import dev.comms.contract.CommsException.Facts;
import dev.comms.contract.CommsException.Kind;
import dev.comms.contract.Effect;
import dev.comms.contract.Fault;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.time.Duration;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Our failures as a gRPC status and back. On the wire a failure is a {@code google.rpc.Status} with
 * an {@code ErrorInfo} of domain {@code comms}, whose reason is the name of our kind or code and
 * whose metadata says the effect; a server that is not ours is understood by its status alone.
 */
final class Failures {
  private static final Logger LOG = LoggerFactory.getLogger(Failures.class);
  static final String DRAINING = "DRAINING";
  // In the texts of grpc-java; there is no other sign of either.
  private static final String HEAD_TOO_LARGE = "Header size exceeded max allowed size";
  private static final String TOO_LARGE = "gRPC message exceeds maximum size";

  // What core names too, when it refuses for the same reason.
  private static final Duration SOON = Duration.ofMillis(100);

  private Failures() {}

  /**
   * One attempt of ours.
   *
   * @param contract the contract's name
   * @param target the destination as configured
   * @param sent whether anything of it may have left this process
   */
  record Attempt(String contract, String target, boolean sent) {}

  /** Refused since the server is going away; nothing was done unless the handler had begun. */
  static Wire draining(Effect effect) {
    return Wire.of(
        Status.Code.UNAVAILABLE,
        DRAINING,
        "this server is shutting down; another one may answer",
        effect,
        null,
        null);
  }

  /** Refused before anything was done, since there is too much to do. */
  static Wire busy(String text) {
    return Wire.of(
        Status.Code.RESOURCE_EXHAUSTED, Kind.OVERLOADED.name(), text, Effect.NONE, SOON, null);
  }

  /** Not read, since it outgrew the limit when it was decompressed. */
  static Wire tooLarge(Effect effect) {
    return Wire.of(
        Status.Code.RESOURCE_EXHAUSTED,
        Kind.MALFORMED.name(),
        "a compressed message became larger than the server's maxMessageBytes; send less at a time,"
            + " or raise it",
        effect,
        null,
        null);
  }

  /** Refused before anything was done, since the peer does not keep to the protocol. */
  static Wire malformed(String text) {
    return Wire.of(
        Status.Code.INVALID_ARGUMENT, Kind.MALFORMED.name(), text, Effect.NONE, null, null);
  }

  /** What the peer is told of a failure of this contract's handler. */
  static Wire toWire(String contract, Throwable failure) {
    CommsException ours = CommsException.of(contract, failure);
    boolean nested = !ours.contract().isEmpty() && !ours.contract().equals(contract);
    return nested ? nested(contract, ours) : own(contract, ours);
  }

  private static Wire own(String contract, CommsException failure) {
    String reason = failure.kind().name();
    Effect effect = failure.effect();
    String text = failure.reason();
    Duration wait = failure.retryAfter();
    return switch (failure.kind()) {
      case REJECTED ->
          Wire.of(((CommsException.Rejected) failure).code(), text, effect, failure.details());
      case OVERLOADED -> Wire.of(Status.Code.RESOURCE_EXHAUSTED, reason, text, effect, wait, null);
      case UNAVAILABLE -> Wire.of(Status.Code.UNAVAILABLE, reason, text, effect, wait, null);
      case DEADLINE_EXCEEDED ->
          Wire.of(Status.Code.DEADLINE_EXCEEDED, reason, text, effect, null, null);
      case CANCELLED -> Wire.of(Status.Code.CANCELLED, reason, text, effect, null, null);
      // The peer's bytes: of a stream's, the handler may have read some. What we could not encode
      // is our own fault.
      case MALFORMED ->
          failure.fault() == Fault.REMOTE
              ? Wire.of(Status.Code.INVALID_ARGUMENT, reason, text, effect, null, null)
              : broken(contract, failure);
      case FAILED, CIRCUIT_OPEN, UNROUTABLE, UNKNOWN_OUTCOME, MISCONFIGURED ->
          broken(contract, failure);
    };
  }

  /**
   * A failure of another conversation, which the handler let through: its texts and its effect are
   * not this contract's, and a repetition would run the handler again.
   */
  private static Wire nested(String contract, CommsException failure) {
    return switch (failure.kind()) {
      case DEADLINE_EXCEEDED ->
          Wire.of(
              Status.Code.DEADLINE_EXCEEDED,
              failure.kind().name(),
              "the handler's own call took too long",
              Effect.POSSIBLE,
              null,
              null);
      case OVERLOADED, UNAVAILABLE, CIRCUIT_OPEN ->
          Wire.of(
              Status.Code.UNAVAILABLE,
              Kind.UNAVAILABLE.name(),
              "what the handler needs is not available",
              Effect.POSSIBLE,
              failure.retryAfter(),
              null);
      default -> broken(contract, failure);
    };
  }

  private static Wire broken(String contract, CommsException failure) {
    String errorId = UUID.randomUUID().toString();
    LOG.error(
        "{}: the handler failed; the caller was told only error id {}", contract, errorId, failure);
    return Wire.of(
        Status.Code.INTERNAL,
        Kind.FAILED.name(),
        "the handler failed; its log has error id " + errorId,
        Effect.POSSIBLE,
        null,
        errorId);
  }

  /** What an attempt that ended with this status failed with. */
  static CommsException fromStatus(Attempt attempt, Status told, Metadata trailers) {
    CommsException noToken = Bearer.failure(attempt.contract(), attempt.target(), told);
    if (noToken != null) {
      return noToken;
    }
    Status status = cause(told);
    Wire.Read details = Wire.details(status, trailers);
    ErrorInfo info = details.info();
    CommsException known =
        info != null ? told(attempt, status, details, info) : foreign(attempt, status, details);
    return known.with(
        known.facts().cause(new PeerStatus(status, trailers)).details(details.said()));
  }

  /** gRPC cancels what it cannot read; why it could not is the cause. */
  private static Status cause(Status status) {
    return status.getCode() == Status.Code.CANCELLED
            && status.getCause() instanceof StatusRuntimeException why
            && why.getStatus().getCode() == Status.Code.RESOURCE_EXHAUSTED
        ? why.getStatus()
        : status;
  }

  /** A server of ours said what happened. */
  private static CommsException told(
      Attempt attempt, Status status, Wire.Read details, ErrorInfo info) {
    Effect effect = Wire.effect(info);
    Facts facts =
        Facts.of(attempt.contract())
            .effect(effect)
            .message(description(status))
            .retryAfter(details.retryAfter());
    boolean caller = effect == Effect.NONE;
    Code code = code(status);
    if (code != null && code.name().equals(Wire.kind(info))) {
      return new CommsException.Rejected(code, facts.fault(Fault.CALLER));
    }
    return switch (Wire.kind(info)) {
      // Healthy, and gone soon: another instance answers, and no breaker should open for it.
      case DRAINING -> new CommsException.Overloaded(facts.fault(Fault.OVERLOAD));
      case "OVERLOADED" -> new CommsException.Overloaded(facts.fault(Fault.OVERLOAD));
      case "UNAVAILABLE" -> new CommsException.Unavailable(facts.fault(Fault.REMOTE));
      case "DEADLINE_EXCEEDED" ->
          new CommsException.DeadlineExceeded(facts.fault(caller ? Fault.CALLER : Fault.REMOTE));
      case "MALFORMED" -> new CommsException.Malformed(facts.fault(Fault.CALLER));
      case "FAILED" -> new CommsException.Failed(facts.fault(Fault.REMOTE));
      // Our server never says that it cancelled of its own; nor do we trust a reason we do not
      // know.
      default -> foreign(attempt, status, details);
    };
  }

  private static CommsException foreign(Attempt attempt, Status status, Wire.Read details) {
    Effect effect = attempt.sent() ? Effect.POSSIBLE : Effect.NONE;
    Facts facts =
        Facts.of(attempt.contract())
            .effect(effect)
            .fault(attempt.sent() ? Fault.REMOTE : Fault.NETWORK)
            .retryAfter(details.retryAfter());
    String text = attempt.target() + ": " + status.getCode() + ", " + description(status);
    if (headTooLarge(status)) {
      return tooLarge(attempt, facts.message(text));
    }
    Code code = code(status);
    if (code != null) {
      Fault fault = code == Code.ABORTED ? Fault.REMOTE : Fault.CALLER;
      return new CommsException.Rejected(
          code, facts.effect(Effect.NONE).fault(fault).message(text));
    }
    return switch (status.getCode()) {
      case UNAVAILABLE -> new CommsException.Unavailable(facts.message(reach(attempt, status)));
      case DEADLINE_EXCEEDED ->
          new CommsException.DeadlineExceeded(facts.message(late(attempt, text)));
      case RESOURCE_EXHAUSTED -> exhausted(facts.message(text), status);
      // Not by us: whoever cancels here does not look at the status.
      case CANCELLED -> new CommsException.Unavailable(facts.message(text));
      default -> new CommsException.Failed(facts.message(text));
    };
  }

  /** Whether metadata were larger than one side takes; on the way out nothing of it was sent. */
  static boolean headTooLarge(Status status) {
    Throwable root = root(status);
    String text = root == null ? null : root.getMessage();
    return text != null && text.startsWith(HEAD_TOO_LARGE);
  }

  private static CommsException tooLarge(Attempt attempt, Facts facts) {
    String rule = "; at most 8 KiB are taken unless the other side says otherwise: send less";
    return attempt.sent()
        ? new CommsException.Malformed(
            facts.message(facts.message() + ": these are the headers of its reply"))
        : new CommsException.Malformed(
            facts
                .fault(Fault.CALLER)
                .message(facts.message() + ": these are the headers with the token" + rule));
  }

  private static CommsException exhausted(Facts facts, Status status) {
    if (description(status).contains(TOO_LARGE)) {
      return new CommsException.Malformed(
          facts.fault(Fault.CALLER).message(facts.message() + "; raise maxMessageBytes"));
    }
    return new CommsException.Overloaded(facts.fault(Fault.OVERLOAD));
  }

  private static String reach(Attempt attempt, Status status) {
    return attempt.sent()
        ? attempt.target() + ": UNAVAILABLE after it was sent, " + description(status)
        : attempt.target()
            + " could not be reached, "
            + description(status)
            + "; is it running, and is the address right?";
  }

  private static String late(Attempt attempt, String text) {
    return attempt.sent()
        ? text + "; raise the limit or look at the other side"
        : attempt.target() + ": no connection within the deadline; is the address right?";
  }

  private static @Nullable Code code(Status status) {
    for (Code code : Code.values()) {
      if (code.name().equals(status.getCode().name())) {
        return code;
      }
    }
    return null;
  }

  /** The description and what is at the bottom of the cause, which names the port or the host. */
  private static String description(Status status) {
    String text = status.getDescription() == null ? "no description" : status.getDescription();
    Throwable root = root(status);
    return root == null || root.getMessage() == null || text.contains(root.getMessage())
        ? text
        : text + " (" + root.getMessage() + ")";
  }

  private static @Nullable Throwable root(Status status) {
    Throwable root = status.getCause();
    while (root != null && root.getCause() != null && root.getCause() != root) {
      root = root.getCause();
    }
    return root;
  }
}
