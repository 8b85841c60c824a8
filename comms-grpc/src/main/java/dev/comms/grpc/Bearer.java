package dev.comms.grpc;

import dev.comms.contract.CommsException;
import dev.comms.contract.CommsException.Facts;
import dev.comms.contract.Effect;
import dev.comms.contract.Fault;
import io.grpc.CallCredentials;
import io.grpc.Metadata;
import io.grpc.Status;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Puts a token into the head of each call (RFC 6750); the token itself is shown nowhere else. */
final class Bearer extends CallCredentials {
  private static final Pattern TOKEN = Pattern.compile("[A-Za-z0-9._~+/-]+=*");
  // Beside it the 8 KiB of metadata must hold the trace and some headers.
  private static final int MOST_CHARACTERS = 6 * 1024;

  private final Supplier<? extends CompletionStage<String>> tokens;
  private final boolean evenOnPlaintext;
  private final @Nullable Executor callbacks;

  Bearer(Supplier<? extends CompletionStage<String>> tokens, boolean evenOnPlaintext) {
    this(tokens, evenOnPlaintext, null);
  }

  private Bearer(
      Supplier<? extends CompletionStage<String>> tokens,
      boolean evenOnPlaintext,
      @Nullable Executor callbacks) {
    this.tokens = tokens;
    this.evenOnPlaintext = evenOnPlaintext;
    this.callbacks = callbacks;
  }

  /** The same, whose supplier is asked there. */
  Bearer on(Executor pool) {
    return new Bearer(tokens, evenOnPlaintext, pool);
  }

  boolean evenOnPlaintext() {
    return evenOnPlaintext;
  }

  /**
   * The supplier's code runs on the pool: gRPC may come here on a thread of its own, what it offers
   * instead is the one thread for DNS, and the call's own executor may be the thread that waits for
   * the answer, which must be able to leave at its deadline.
   */
  @Override
  public void applyRequestMetadata(RequestInfo info, Executor resolver, MetadataApplier applier) {
    try {
      (callbacks == null ? resolver : callbacks).execute(() -> ask(applier));
    } catch (RuntimeException closing) {
      applier.fail(missing(closing));
    }
  }

  private void ask(MetadataApplier applier) {
    try {
      tokens
          .get()
          .whenComplete(
              (token, failure) -> {
                if (failure != null) {
                  applier.fail(missing(failure));
                } else {
                  apply(token, applier);
                }
              });
    } catch (RuntimeException thrown) {
      applier.fail(missing(thrown));
    }
  }

  private static void apply(@Nullable String token, MetadataApplier applier) {
    if (token == null || token.length() > MOST_CHARACTERS || !TOKEN.matcher(token).matches()) {
      applier.fail(missing(new Unusable()));
      return;
    }
    Metadata head = new Metadata();
    head.put(EnvelopeMapper.AUTHORIZATION, "Bearer " + token);
    applier.apply(head);
  }

  private static Status missing(Throwable failure) {
    boolean wrapped = failure instanceof CompletionException && failure.getCause() != null;
    return Status.UNAUTHENTICATED.withCause(new Missing(wrapped ? failure.getCause() : failure));
  }

  /** What a call failed with that got no token, or null if that is not why it ended. */
  static @Nullable CommsException failure(String contract, String target, Status end) {
    if (!(end.getCause() instanceof Missing missing)) {
      return null;
    }
    Throwable why = missing.getCause();
    String text =
        why instanceof Unusable
            ? "the supplier's token is none: it must be 1 to "
                + MOST_CHARACTERS
                + " of [A-Za-z0-9._~+/-], without the word Bearer"
            : "the supplier of bearer tokens failed; look at the cause";
    return new CommsException.Unavailable(
        Facts.of(contract)
            .effect(Effect.NONE)
            .fault(Fault.LOCAL)
            .message(target + ": not sent, since " + text)
            .cause(why));
  }

  /** Marks that it was here, and nowhere else, that the call ended. */
  private static final class Missing extends Exception {
    private static final long serialVersionUID = 1;

    Missing(@Nullable Throwable why) {
      super("no bearer token", why);
    }
  }

  /** Says nothing of the token, since it may be one that another server takes. */
  private static final class Unusable extends RuntimeException {
    private static final long serialVersionUID = 1;

    Unusable() {
      super("a token that cannot be sent");
    }
  }

  /** A supplier may show its token when asked for its text, so it is not asked. */
  @Override
  public String toString() {
    return "bearer tokens";
  }
}
