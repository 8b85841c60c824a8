package dev.comms.grpc;

import dev.comms.contract.Peer;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Decides whether a call may be made, before any of its payload is read and before it takes a
 * handler's thread; of a stream, once, at its opening. It is asked for every method but the health
 * service's. Called by many threads at once; it must not block, since it is called on one of the
 * few threads for callbacks: what has to be asked elsewhere is returned as a stage that is done
 * later.
 *
 * <p>Whatever it fails with denies the call, as does a decision that is not there within 10 s.
 */
@FunctionalInterface
public interface Authorizer {

  /** The decision about this call. */
  CompletionStage<Access> decide(Request request);

  /** One that decides at once. */
  static Authorizer deciding(Function<Request, Access> decision) {
    Objects.requireNonNull(decision, "decision");
    return request -> CompletableFuture.completedFuture(decision.apply(request));
  }

  /**
   * What there is to decide by.
   *
   * @param method the full name, such as {@code shop.Inventory/CheckStock}
   * @param peer who calls, if mutual TLS proved it, or null
   * @param headers what the caller sent, names in lower case, with {@code authorization}; except
   *     for the peer all of it is only what the caller claims
   */
  record Request(String method, @Nullable Peer peer, Map<String, String> headers) {
    private static final String SCHEME = "Bearer ";

    public Request {
      headers = Map.copyOf(headers);
    }

    /** The token of {@code authorization: Bearer <token>} (RFC 6750), or null. */
    public @Nullable String bearer() {
      String value = headers.get("authorization");
      return value != null && value.regionMatches(true, 0, SCHEME, 0, SCHEME.length())
          ? value.substring(SCHEME.length()).trim()
          : null;
    }

    /** Without what the headers say, which may be a secret. */
    @Override
    public String toString() {
      return method + " by " + (peer == null ? "an unknown peer" : peer.name());
    }
  }

  /** A decision. */
  final class Access {
    private static final Access ALLOWED = new Access(Kind.ALLOWED, "", null);

    private final Kind kind;
    private final String reason;
    private final @Nullable Peer peer;

    /** What was decided. */
    enum Kind {
      ALLOWED,
      DENIED,
      UNAUTHENTICATED
    }

    private Access(Kind kind, String reason, @Nullable Peer peer) {
      this.kind = kind;
      this.reason = reason;
      this.peer = peer;
    }

    /** Go on; the handler sees the peer that the connection proved, if any. */
    public static Access allow() {
      return ALLOWED;
    }

    /** Go on; the handler sees this peer instead, such as the subject of a token. */
    public static Access allowAs(Peer peer) {
      return new Access(Kind.ALLOWED, "", Objects.requireNonNull(peer, "peer"));
    }

    /**
     * {@code PERMISSION_DENIED}: we know who you are, and you may not.
     *
     * @param reason the caller reads it
     */
    public static Access deny(String reason) {
      return new Access(Kind.DENIED, Objects.requireNonNull(reason, "reason"), null);
    }

    /**
     * {@code UNAUTHENTICATED}: say who you are, or say it anew.
     *
     * @param reason the caller reads it
     */
    public static Access unauthenticated(String reason) {
      return new Access(Kind.UNAUTHENTICATED, Objects.requireNonNull(reason, "reason"), null);
    }

    Kind kind() {
      return kind;
    }

    String reason() {
      return reason;
    }

    @Nullable Peer peer() {
      return peer;
    }

    @Override
    public String toString() {
      return reason.isEmpty() ? kind.name() : kind + ": " + reason;
    }
  }
}
