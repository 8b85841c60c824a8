package dev.comms.contract;

import java.util.Iterator;
import java.util.function.Consumer;

/**
 * What a service does with a message. A handler may throw anything and is called by many threads.
 */
public final class Handler {
  private Handler() {}

  /** Answers a call. */
  @FunctionalInterface
  public interface Answer<Q, R> {
    R answer(Q request, Context context) throws Exception;
  }

  /** Does a task or takes note of an event. */
  @FunctionalInterface
  public interface Work<T> {
    void handle(T payload, Context context) throws Exception;
  }

  /** Answers a download: each message given to {@code out} waits until the peer can take it. */
  @FunctionalInterface
  public interface Stream<Q, R> {
    void stream(Q request, Consumer<R> out, Context context) throws Exception;
  }

  /** Answers an upload: asking {@code in} waits for the caller's next message. */
  @FunctionalInterface
  public interface Collect<Q, R> {
    R collect(Iterator<Q> in, Context context) throws Exception;
  }

  /** Answers a dialogue: reads from {@code in} and writes to {@code out}, in whatever order. */
  @FunctionalInterface
  public interface Converse<Q, R> {
    void converse(Iterator<Q> in, Consumer<R> out, Context context) throws Exception;
  }
}
