package dev.comms.grpc;

import io.grpc.ServerCall;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Listens to a call that has not begun, and tells its listener afterwards, in order. Until then
 * nobody asks for a message, so what can come is its ready, its half close and its end, once each.
 */
final class Withheld<Q> extends ServerCall.Listener<Q> {
  // All guarded by this; the listener is told outside it.
  private final Queue<Consumer<ServerCall.Listener<Q>>> came = new ArrayDeque<>();
  private ServerCall.@Nullable Listener<Q> listener;
  private boolean gone;

  /** Whether the peer has gone, so that the call need not begin. */
  synchronized boolean gone() {
    return gone;
  }

  /** Once. Tells all that came; what comes meanwhile waits behind it, so the order stays. */
  void release(ServerCall.Listener<Q> begun) {
    Consumer<ServerCall.Listener<Q>> next = next(begun);
    while (next != null) {
      next.accept(begun);
      next = next(begun);
    }
  }

  private synchronized @Nullable Consumer<ServerCall.Listener<Q>> next(
      ServerCall.Listener<Q> begun) {
    Consumer<ServerCall.Listener<Q>> next = came.poll();
    if (next == null) {
      listener = begun;
    }
    return next;
  }

  private void tell(boolean last, Consumer<ServerCall.Listener<Q>> event) {
    ServerCall.Listener<Q> begun;
    synchronized (this) {
      gone = gone || last;
      begun = listener;
      if (begun == null) {
        came.add(event);
      }
    }
    if (begun != null) {
      event.accept(begun);
    }
  }

  @Override
  public void onMessage(Q message) {
    tell(false, begun -> begun.onMessage(message));
  }

  @Override
  public void onHalfClose() {
    tell(false, ServerCall.Listener::onHalfClose);
  }

  @Override
  public void onCancel() {
    tell(true, ServerCall.Listener::onCancel);
  }

  @Override
  public void onComplete() {
    tell(true, ServerCall.Listener::onComplete);
  }

  @Override
  public void onReady() {
    tell(false, ServerCall.Listener::onReady);
  }
}
