package dev.comms;

import dev.comms.contract.CommsException;
import java.util.Iterator;
import java.util.NoSuchElementException;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The messages of the other side of a stream, as they come. A reader that does not ask holds the
 * writer back. Not for use by two threads at once, but {@link #close} may be called by any.
 *
 * @param <T> one message
 */
public final class Incoming<T> implements Iterator<T>, AutoCloseable {
  private final OpenStream stream;
  private final Function<byte[], T> codec;
  private boolean first = true;
  private boolean ended;
  private @Nullable T next;

  Incoming(OpenStream stream, Function<byte[], T> codec) {
    this.stream = stream;
    this.codec = codec;
  }

  /**
   * Waits for the next message or the regular end.
   *
   * @throws CommsException if the stream broke, or one of its three limits passed: the message says
   *     which
   */
  @Override
  public boolean hasNext() {
    if (next == null && !ended) {
      // Also if this throws: a stream that failed once has ended.
      ended = true;
      byte[] message = first ? stream.readFirst() : stream.readNext();
      first = false;
      next = message == null ? null : decode(message);
      ended = message == null;
    }
    return !ended;
  }

  private T decode(byte[] message) {
    try {
      return codec.apply(message);
    } catch (CommsException malformed) {
      stream.cancel(malformed);
      throw malformed;
    }
  }

  @Override
  public T next() {
    if (!hasNext() || next == null) {
      throw new NoSuchElementException(stream.contract().name() + ": the stream has ended");
    }
    T message = next;
    next = null;
    return message;
  }

  /** Ends the stream on both sides if it has not ended; a second call does nothing. */
  @Override
  public void close() {
    stream.close();
  }
}
