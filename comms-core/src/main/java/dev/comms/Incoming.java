package dev.comms;

import dev.comms.contract.CommsException;
import dev.comms.contract.CommsException.Facts;
import dev.comms.contract.Deadline;
import dev.comms.contract.Download;
import dev.comms.contract.Effect;
import dev.comms.contract.Fault;
import dev.comms.contract.Time;
import dev.comms.spi.Pipe;
import java.time.Duration;
import java.util.Iterator;
import java.util.NoSuchElementException;
import java.util.concurrent.CancellationException;
import org.jspecify.annotations.Nullable;

/**
 * The messages of a download, as they come. A reader that does not ask holds the writer back. Not
 * for use by two threads at once, but {@link #close} may be called by any.
 *
 * @param <R> one message
 */
public final class Incoming<R> implements Iterator<R>, AutoCloseable {
  private final Download<?, R> download;
  private final Pipe pipe;
  private final Time time;
  private final Deadline total;
  private boolean first = true;
  private boolean ended;
  private @Nullable R next;

  Incoming(Download<?, R> download, Pipe pipe, Time time, Deadline total) {
    this.download = download;
    this.pipe = pipe;
    this.time = time;
    this.total = total;
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
      byte[] message = read();
      first = false;
      ended = message == null;
      next = message == null ? null : decode(message);
    }
    return !ended;
  }

  private R decode(byte[] message) {
    try {
      return Sender.decodeReply(download, download.reply(), message);
    } catch (CommsException malformed) {
      ended = true;
      pipe.cancel(malformed);
      throw malformed;
    }
  }

  private byte @Nullable [] read() {
    Duration limit = first ? download.firstWithin() : download.idleWithin();
    try {
      return time.await(pipe.read(), download.name(), total.within(limit));
    } catch (CommsException.DeadlineExceeded late) {
      ended = true;
      CommsException why = late(limit);
      pipe.cancel(why);
      throw why;
    } catch (CommsException broken) {
      ended = true;
      pipe.cancel(broken);
      throw broken;
    }
  }

  private CommsException late(Duration limit) {
    String what =
        total.expired()
            ? "the stream outlived totalWithin " + download.totalWithin()
            : (first ? "no first message within " : "silent for longer than idleWithin ") + limit;
    return new CommsException.DeadlineExceeded(
        Facts.of(download.name())
            .effect(Effect.POSSIBLE)
            .fault(total.expired() ? Fault.CALLER : Fault.REMOTE)
            .message(what));
  }

  @Override
  public R next() {
    if (!hasNext() || next == null) {
      throw new NoSuchElementException(download.name() + ": the stream has ended");
    }
    R message = next;
    next = null;
    return message;
  }

  /** Ends the stream on both sides if it has not ended; a second call does nothing. */
  @Override
  public void close() {
    pipe.cancel(new CancellationException("closed by the reader"));
  }
}
