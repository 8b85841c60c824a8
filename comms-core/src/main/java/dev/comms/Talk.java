package dev.comms;

import dev.comms.contract.CommsException;
import dev.comms.contract.Dialogue;
import java.util.Iterator;

/**
 * An open dialogue: messages go both ways, each side at its own pace. One thread may send while
 * another reads, but no two send and no two read at once; {@link #close} may be called by any.
 *
 * @param <Q> what this side sends
 * @param <R> what the other side sends
 */
public final class Talk<Q, R> implements Iterator<R>, AutoCloseable {
  private final Outgoing<Q> out;
  private final Incoming<R> in;

  Talk(Dialogue<Q, R> dialogue, OpenStream stream) {
    this.out = new Outgoing<>(stream, dialogue.request());
    this.in = new Incoming<>(stream, body -> Sender.decodeReply(dialogue, dialogue.reply(), body));
  }

  /**
   * Sends one message, and waits until the other side can take the next. A message that cannot be
   * encoded is not sent, and the dialogue stays open.
   *
   * @return false if the other side has ended the dialogue and takes no more
   * @throws CommsException if the dialogue broke, or nothing was taken for {@code idleWithin}, or
   *     {@code totalWithin} has passed
   */
  public boolean send(Q message) {
    return out.send(message);
  }

  /** Says that this side sends nothing more; it may read on. A second call does nothing. */
  public void finishSending() {
    out.finish();
  }

  /**
   * Waits for the other side's next message, or for its regular end, which ends the dialogue.
   *
   * @throws CommsException if the dialogue broke, or one of its three limits passed: the message
   *     says which
   */
  @Override
  public boolean hasNext() {
    return in.hasNext();
  }

  @Override
  public R next() {
    return in.next();
  }

  /** Ends the dialogue on both sides if it has not ended; a second call does nothing. */
  @Override
  public void close() {
    in.close();
  }
}
