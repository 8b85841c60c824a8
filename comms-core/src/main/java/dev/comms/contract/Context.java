package dev.comms.contract;

import java.util.Base64;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;

/**
 * What a handler may know of the message at hand. Verbs used on the handler's thread, and in what
 * was {@linkplain #wrap wrapped}, inherit its deadline and its trace.
 *
 * @param contract the contract's name
 * @param id the message's id: the same on every attempt and delivery
 * @param key the key that orders it, or null
 * @param attempt which attempt this is, from 1
 * @param deadline when the handler must be done
 * @param headers what travelled with the message; names in lower case
 * @param peer who calls, as the connection proved it, or null: gRPC knows it with mutual TLS or an
 *     authorisation of the server's, while brokers and the in-memory transport prove nothing
 */
public record Context(
    String contract,
    String id,
    @Nullable String key,
    int attempt,
    Deadline deadline,
    Map<String, String> headers,
    @Nullable Peer peer) {
  private static final ThreadLocal<@Nullable Context> CURRENT = new ThreadLocal<>();

  /** The header that carries a checkpoint, as base64. */
  public static final String STATE = "comms-state";

  public Context {
    headers = Map.copyOf(headers);
  }

  /** Of a message whose sender nothing proves. */
  public Context(
      String contract,
      String id,
      @Nullable String key,
      int attempt,
      Deadline deadline,
      Map<String, String> headers) {
    this(contract, id, key, attempt, deadline, headers, null);
  }

  /** The context of the handler that runs on this thread, or null. */
  public static @Nullable Context current() {
    return CURRENT.get();
  }

  /** The checkpoint of {@link Verdict#continueLater}, or null if this task begins. */
  public byte @Nullable [] state() {
    String state = headers.get(STATE);
    return state == null ? null : Base64.getDecoder().decode(state);
  }

  /** The same work, for another thread, inside this context and the present thread's trace. */
  public <T> Callable<T> wrap(Callable<T> work) {
    Callable<T> traced = io.opentelemetry.context.Context.current().wrap(work);
    return () -> {
      Context before = CURRENT.get();
      CURRENT.set(this);
      try {
        return traced.call();
      } finally {
        restore(before);
      }
    };
  }

  /** The same work, for another thread, inside this context and the present thread's trace. */
  public Runnable wrap(Runnable work) {
    Runnable traced = io.opentelemetry.context.Context.current().wrap(work);
    return () -> {
      Context before = CURRENT.get();
      CURRENT.set(this);
      try {
        traced.run();
      } finally {
        restore(before);
      }
    };
  }

  private static void restore(@Nullable Context before) {
    if (before == null) {
      CURRENT.remove();
    } else {
      CURRENT.set(before);
    }
  }
}
