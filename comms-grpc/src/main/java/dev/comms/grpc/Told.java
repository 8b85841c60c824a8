package dev.comms.grpc;

import io.grpc.ServerCall;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * What gRPC tells of a call, until the service's listener is told it, one thing at a time: by the
 * handler's thread as long as that is there, then by callbacks. At most one message waits. Its
 * monitor is the call's, and is not held while the listener is told.
 */
final class Told {
  private final ServedService call;
  private final Serial afterwards;
  // All guarded by the call.
  private @Nullable Telling<?> listener;
  private boolean left;
  private boolean ready;
  private boolean asked;
  private long demand;
  private byte @Nullable [] message;
  private boolean halfClosed;
  private boolean halfTold;
  private boolean said;
  private boolean calledOff;
  private boolean completed;
  private boolean closed;
  private CompletableFuture<Void> change = new CompletableFuture<>();

  /** The service's listener, and how its messages are read. */
  interface Telling<Q> {
    ServerCall.Listener<Q> listener();

    Q parse(byte[] message);
  }

  Told(ServedService call, Executor callbacks) {
    this.call = call;
    this.afterwards = new Serial(callbacks);
  }

  void message(byte[] bytes) {
    synchronized (call) {
      message = bytes;
      asked = false;
    }
    changed();
  }

  void halfClosed() {
    synchronized (call) {
      halfClosed = true;
      asked = false;
    }
    changed();
  }

  void ready() {
    synchronized (call) {
      ready = true;
    }
    changed();
  }

  /** The caller has gone, or its time is over. */
  void calledOff() {
    synchronized (call) {
      calledOff = true;
    }
    changed();
  }

  /** The call has failed here; who ended it itself is not told that the caller has gone. */
  void failed() {
    boolean itself;
    synchronized (call) {
      itself = said;
    }
    if (!itself) {
      calledOff();
    }
  }

  /** The service ends its call, before anybody hears of it. */
  void said() {
    synchronized (call) {
      said = true;
    }
  }

  void completed() {
    synchronized (call) {
      completed = true;
    }
    changed();
  }

  /** The service has said its last. */
  void closed() {
    synchronized (call) {
      closed = true;
    }
    changed();
  }

  /** The service asks for so many messages; gRPC is asked for one at a time. */
  void request(int messages) {
    synchronized (call) {
      demand += messages;
      ask();
    }
    // From now on it is the caller's turn, which has a limit of its own.
    changed();
  }

  private void ask() {
    if (demand > 0 && !asked && message == null && !halfClosed && call.manyRequests()) {
      asked = true;
      call.call().request(1);
    }
  }

  /** Whether it is the caller's turn: a message was asked for and has not come. */
  boolean awaited() {
    synchronized (call) {
      return asked;
    }
  }

  /** Nothing more may be sent or asked for. */
  boolean over() {
    synchronized (call) {
      return calledOff || closed;
    }
  }

  boolean calledOffNow() {
    synchronized (call) {
      return calledOff;
    }
  }

  /** Done at the next change; for the handler's thread. */
  CompletableFuture<Void> change() {
    synchronized (call) {
      change = new CompletableFuture<>();
      return change;
    }
  }

  /** Whoever waits looks again at what he waits for. */
  void changed() {
    CompletableFuture<Void> waiting;
    boolean by;
    synchronized (call) {
      waiting = change;
      by = left;
    }
    waiting.complete(null);
    if (by) {
      afterwards.execute(this::tellAll);
    }
  }

  void listener(Telling<?> of) {
    synchronized (call) {
      listener = of;
    }
  }

  /** The handler's thread goes; what is told from now on is told on callbacks. */
  void leave() {
    synchronized (call) {
      left = true;
    }
    afterwards.execute(this::tellAll);
  }

  private void tellAll() {
    boolean more = true;
    while (more) {
      more = tellNext();
    }
  }

  /** Tells the most urgent; false if there is nothing to be told. */
  boolean tellNext() {
    Telling<?> to;
    Runnable what;
    synchronized (call) {
      to = listener;
      what = to == null ? null : next(to);
    }
    if (what == null) {
      return false;
    }
    what.run();
    return true;
  }

  private @Nullable Runnable next(Telling<?> to) {
    if (calledOff) {
      // Its end is told once, and then nothing more.
      listener = null;
      return to.listener()::onCancel;
    }
    if (completed) {
      listener = null;
      return to.listener()::onComplete;
    }
    if (closed) {
      return null;
    }
    if (ready) {
      ready = false;
      return to.listener()::onReady;
    }
    byte[] next = message;
    if (next != null) {
      message = null;
      demand--;
      ask();
      return () -> tell(to, next);
    }
    if (halfClosed && !halfTold) {
      halfTold = true;
      return to.listener()::onHalfClose;
    }
    return null;
  }

  private static <Q> void tell(Telling<Q> to, byte[] message) {
    to.listener().onMessage(to.parse(message));
  }
}
