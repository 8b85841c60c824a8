package dev.comms;

import dev.comms.contract.CommsException;
import dev.comms.contract.CommsException.Facts;
import dev.comms.contract.Effect;
import dev.comms.contract.Fault;
import dev.comms.contract.Upload;
import org.jspecify.annotations.Nullable;

/**
 * An open upload: send the messages, then {@link #finish} for the reply. One that is closed before
 * is called off on both sides. Not for use by two threads at once, but {@link #close} may be called
 * by any.
 *
 * @param <Q> one message
 * @param <R> the reply
 */
public final class Uploading<Q, R> implements AutoCloseable {
  private final Upload<Q, R> upload;
  private final OpenStream stream;
  private final Outgoing<Q> out;

  Uploading(Upload<Q, R> upload, OpenStream stream) {
    this.upload = upload;
    this.stream = stream;
    this.out = new Outgoing<>(stream, upload.request());
  }

  /**
   * Sends one message, and waits until the other side can take the next. A message that cannot be
   * encoded is not sent, and the upload stays open.
   *
   * @return false if the other side has replied already and takes no more; {@link #finish} returns
   *     its reply
   * @throws CommsException if the upload broke, or nothing was taken for {@code idleWithin}, or
   *     {@code totalWithin} has passed
   */
  public boolean send(Q message) {
    return out.send(message);
  }

  /**
   * Says that this was all, and waits for the reply; once.
   *
   * @throws CommsException if the upload broke, the other side answered no, or no reply came within
   *     {@code idleWithin} of the last message or {@code totalWithin} of the opening
   */
  public R finish() {
    out.finish();
    byte[] body = stream.readReply();
    if (body == null) {
      throw broken("it ended the upload without a reply");
    }
    R reply = Sender.decodeReply(upload, upload.reply(), body);
    // The reply counts only with the regular end behind it.
    byte @Nullable [] second = stream.readReply();
    if (second != null) {
      throw broken("it replied twice to an upload");
    }
    return reply;
  }

  private CommsException broken(String what) {
    CommsException failed =
        new CommsException.Failed(
            Facts.of(upload.name())
                .effect(Effect.POSSIBLE)
                .fault(Fault.REMOTE)
                .message(what + "; both sides must use the same contract"));
    stream.cancel(failed);
    return failed;
  }

  /** Calls the upload off on both sides if it has not ended; a second call does nothing. */
  @Override
  public void close() {
    stream.close();
  }
}
